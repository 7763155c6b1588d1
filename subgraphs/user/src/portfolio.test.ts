import { price, quantity, usd } from '@cnop/kit/money'
import { runCommand } from '@cnop/ledger/command'
import { buyEntry, type Entry, sellEntry } from '@cnop/ledger/entry'
import { holdAssetEntry } from '@cnop/ledger/hold-entries'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { deposit } from './commands/move-cash.ts'
import { startUserWorld, type UserWorld } from './testing/user-world.ts'

const username = 'asset_owner'
const actor = { username, role: 'customer' as const, sessionId: 'ses_x' }

let world: UserWorld
beforeAll(async () => {
  world = await startUserWorld()
  await world.signUp(username)
  await deposit(world.deps, actor, { key: 'opening-cash', amount: usd('1000.00') })
  await move(
    'first',
    buyEntry({ ...terms('BTC', '0.01', '64000'), total: usd('641.00'), fee: usd('1.00') }),
  )
  await move('second', buyEntry({ ...terms('ADA', '100', '0.5'), total: usd('50.00') }))
  await move('third', sellEntry({ ...terms('BTC', '0.005', '65000'), total: usd('325.00') }))
  await move(
    'fourth',
    holdAssetEntry({ assetId: 'BTC', quantity: quantity('0.002'), orderId: 'ord_limit' }),
  )
  await move('fifth', sellEntry({ ...terms('ADA', '100', '0.6'), total: usd('60.00') }))
})
afterAll(() => world.stop())

const terms = (assetId: string, amount: string, at: string) => ({
  assetId,
  quantity: quantity(amount),
  price: price(at),
  fee: usd('0.00'),
  orderId: `ord_${assetId}`,
})

async function move(key: string, entry: Entry): Promise<void> {
  world.clock.advance(1_000)
  const command = { username, key, name: 'test', input: {}, assetIds: [entry.assetId ?? ''] }
  await runCommand(world.deps.ledger, command, () => ({ entry, result: {} }))
}

const query = async (fields: string) => {
  const { data, errors } = await world.call(`{ me { portfolio { ${fields} } } }`, {}, actor)
  if (!data) throw new Error(JSON.stringify(errors))
  return (data['me'] as { portfolio: Record<string, unknown> }).portfolio
}

describe('a portfolio', () => {
  it('names the order of each entry that one caused', async () => {
    const { activity } = await query('activity(first: 6) { nodes { order { id } } }')
    const { nodes } = activity as { nodes: readonly { order: { id: string } | null }[] }
    expect(nodes.map(({ order }) => order?.id)).toEqual([
      'ord_ADA',
      'ord_limit',
      'ord_BTC',
      'ord_ADA',
      'ord_BTC',
      undefined,
    ])
  })

  it('lists holdings that are not sold completely, with their cost', async () => {
    const fields = 'assetId quantity held available costBasis averageCost asset { id }'
    const btc = {
      assetId: 'BTC',
      quantity: '0.005',
      held: '0.002',
      available: '0.003',
      costBasis: '320.50',
      averageCost: '64100',
      asset: { id: 'BTC' },
    }
    const found = await query(
      `holdings { ${fields} } one: holding(assetId: "btc") { ${fields} } none: holding(assetId: "ADA") { ${fields} }`,
    )
    expect(found).toEqual({ holdings: [btc], one: btc, none: null })
  })

  it('shows every movement, newest first, with what it changed', async () => {
    const { activity } = await query(
      'activity { nodes { sequence kind assetId quantityChange quantityHeldChange cashChange cashHeldChange cashAfter price fee orderId } }',
    )
    const none = {
      assetId: null,
      quantityChange: null,
      quantityHeldChange: null,
      price: null,
      fee: null,
      orderId: null,
      cashHeldChange: '0.00',
    }
    expect(activity).toEqual({
      nodes: [
        {
          ...none,
          sequence: 6,
          kind: 'SELL',
          assetId: 'ADA',
          quantityChange: '-100',
          quantityHeldChange: '0',
          cashChange: '60.00',
          cashAfter: '694.00',
          price: '0.6',
          fee: '0.00',
          orderId: 'ord_ADA',
        },
        {
          ...none,
          sequence: 5,
          kind: 'HOLD',
          assetId: 'BTC',
          quantityChange: '0',
          quantityHeldChange: '0.002',
          cashChange: '0.00',
          cashAfter: '634.00',
          orderId: 'ord_limit',
        },
        {
          ...none,
          sequence: 4,
          kind: 'SELL',
          assetId: 'BTC',
          quantityChange: '-0.005',
          quantityHeldChange: '0',
          cashChange: '325.00',
          cashAfter: '634.00',
          price: '65000',
          fee: '0.00',
          orderId: 'ord_BTC',
        },
        {
          ...none,
          sequence: 3,
          kind: 'BUY',
          assetId: 'ADA',
          quantityChange: '100',
          quantityHeldChange: '0',
          cashChange: '-50.00',
          cashAfter: '309.00',
          price: '0.5',
          fee: '0.00',
          orderId: 'ord_ADA',
        },
        {
          ...none,
          sequence: 2,
          kind: 'BUY',
          assetId: 'BTC',
          quantityChange: '0.01',
          quantityHeldChange: '0',
          cashChange: '-641.00',
          cashAfter: '359.00',
          price: '64000',
          fee: '1.00',
          orderId: 'ord_BTC',
        },
        { ...none, sequence: 1, kind: 'DEPOSIT', cashChange: '1000.00', cashAfter: '1000.00' },
      ],
    })
  })

  it('pages and filters its activity', async () => {
    const page = 'nodes { sequence } pageInfo { hasNextPage endCursor }'
    const first = (await query(`activity(first: 2, kinds: [BUY, SELL]) { ${page} }`))[
      'activity'
    ] as {
      nodes: object[]
      pageInfo: { hasNextPage: boolean; endCursor: string }
    }
    expect(first.nodes).toEqual([{ sequence: 6 }, { sequence: 4 }])
    expect(first.pageInfo.hasNextPage).toBe(true)
    const { activity } = await query(
      `activity(first: 2, kinds: [BUY, SELL], after: "${first.pageInfo.endCursor}") { ${page} }`,
    )
    expect(activity).toMatchObject({
      nodes: [{ sequence: 3 }, { sequence: 2 }],
      pageInfo: { hasNextPage: false },
    })
    const ofAsset = await query(`activity(assetId: "btc") { nodes { sequence } }`)
    expect(ofAsset['activity']).toEqual({
      nodes: [{ sequence: 5 }, { sequence: 4 }, { sequence: 2 }],
    })
  })

  it.each([
    'first: 0',
    'first: 101',
    'after: "nonsense"',
    'from: "2026-02-01T00:00:00Z", to: "2026-01-01T00:00:00Z"',
  ])('refuses a page of %s', async (page) => {
    const document = `{ me { portfolio { activity(${page}) { nodes { id } } } } }`
    expect(await world.refusal(document, {}, actor)).toBe('BAD_USER_INPUT')
  })

  it('gives the insights service its trades and nothing else', async () => {
    const { tradeFacts } = await query('tradeFacts { side assetId quantity total createdAt }')
    expect(tradeFacts).toEqual([
      {
        side: 'SELL',
        assetId: 'ADA',
        quantity: '100',
        total: '60.00',
        createdAt: '2026-01-05T10:00:05.000Z',
      },
      {
        side: 'SELL',
        assetId: 'BTC',
        quantity: '0.005',
        total: '325.00',
        createdAt: '2026-01-05T10:00:03.000Z',
      },
      {
        side: 'BUY',
        assetId: 'ADA',
        quantity: '100',
        total: '50.00',
        createdAt: '2026-01-05T10:00:02.000Z',
      },
      {
        side: 'BUY',
        assetId: 'BTC',
        quantity: '0.01',
        total: '641.00',
        createdAt: '2026-01-05T10:00:01.000Z',
      },
    ])
  })
})
