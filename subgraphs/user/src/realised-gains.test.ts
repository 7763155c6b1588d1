import { price, quantity, usd } from '@cnop/kit/money'
import { runCommand } from '@cnop/ledger/command'
import { buyEntry, type Entry, sellEntry } from '@cnop/ledger/entry'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { deposit } from './commands/move-cash.ts'
import { startUserWorld, type UserWorld } from './testing/user-world.ts'

const username = 'lot_owner'
const actor = { username, role: 'customer' as const, sessionId: 'ses_x' }
const stranger = { ...actor, username: 'lot_stranger' }

let world: UserWorld
let day: string

const terms = (amount: string, total: string, fee = '0.00') => ({
  assetId: 'BTC',
  quantity: quantity(amount),
  price: price('100'),
  total: usd(total),
  fee: usd(fee),
  orderId: 'ord_lots',
})

async function move(key: string, entry: Entry): Promise<void> {
  const command = { username, key, name: 'test', input: {}, assetIds: ['BTC'] }
  await runCommand(world.deps.ledger, command, () => ({ entry, result: {} }))
}

const today = (): string => new Date(world.clock.now()).toISOString().slice(0, 10)

const ask = async (fields: string, who = actor) => {
  const { data, errors } = await world.call(`{ me { portfolio { ${fields} } } }`, {}, who)
  if (!data) throw new Error(JSON.stringify(errors))
  return (data['me'] as { portfolio: Record<string, unknown> }).portfolio
}

const choose = (key: string, method: string) =>
  world.call(
    'mutation ($input: SetLotMethodInput!) { setLotMethod(input: $input) { method } }',
    { input: { key, method } },
    actor,
  )

const sums = 'sales proceeds fee basis gain'

beforeAll(async () => {
  world = await startUserWorld()
  await world.signUp(username)
  await world.signUp(stranger.username)
  await deposit(world.deps, actor, { key: 'opening-cash', amount: usd('1000.00') })
  day = today()
  await move('first', buyEntry(terms('1', '100.50', '0.50')))
  world.clock.advance(86_400_000)
  await move('second', buyEntry(terms('2', '300.00')))
  await move('third', sellEntry(terms('1.5', '299.70', '0.30')))
})
afterAll(() => world.stop())

describe('lots', () => {
  it('are what is left by day of purchase', async () => {
    expect(await ask('holdings { costBasis lots { acquiredOn quantity basis } }')).toEqual({
      holdings: [
        {
          costBasis: '225.00',
          lots: [{ acquiredOn: today(), quantity: '1.5', basis: '225.00' }],
        },
      ],
    })
  })
})

describe('a sale', () => {
  it('says what it gained and which lots it took', async () => {
    const lot = 'acquiredOn daysHeld quantity proceeds fee basis gain'
    const found = await ask(
      `activity(first: 2) { nodes { kind realised { method proceeds fee basis gain lots { ${lot} } } } }`,
    )
    const first = { acquiredOn: day, daysHeld: 1, quantity: '1', proceeds: '200.00', fee: '0.20' }
    const other = { acquiredOn: today(), daysHeld: 0, quantity: '0.5', proceeds: '100.00' }
    const all = { method: 'FIFO', proceeds: '300.00', fee: '0.30', basis: '175.50', gain: '124.20' }
    const lots = [
      { ...first, basis: '100.50', gain: '99.30' },
      { ...other, fee: '0.10', basis: '75.00', gain: '24.90' },
    ]
    expect(found).toEqual({
      activity: {
        nodes: [
          { kind: 'SELL', realised: { ...all, lots } },
          { kind: 'BUY', realised: null },
        ],
      },
    })
  })
})

describe('the gains of a year', () => {
  const year = (): string => today().slice(0, 4)

  it('sum its sales, in all and by asset', async () => {
    const all = { sales: 1, proceeds: '300.00', fee: '0.30', basis: '175.50', gain: '124.20' }
    const fields = `year ${sums} assets { assetId quantity ${sums} }`
    expect(await ask(`realisedGains(year: ${year()}) { ${fields} }`)).toEqual({
      realisedGains: {
        year: Number(year()),
        ...all,
        assets: [{ assetId: 'BTC', quantity: '1.5', ...all }],
      },
    })
  })

  it('are nothing for another year and another user', async () => {
    const none = { sales: 0, proceeds: '0.00', fee: '0.00', basis: '0.00', gain: '0.00' }
    expect(await ask(`realisedGains(year: 1999) { ${sums} }`)).toEqual({ realisedGains: none })
    expect(await ask(`realisedGains(year: ${year()}) { ${sums} }`, stranger)).toEqual({
      realisedGains: none,
    })
  })

  it.each([12, 1969, 9999])('refuse the year %d', async (refused) => {
    const { errors } = await world.call(
      `{ me { portfolio { realisedGains(year: ${refused}) { gain } } } }`,
      {},
      actor,
    )
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { field: 'year' },
    })
  })
})

describe('the choice of lots', () => {
  it('holds for later sales, and a repeated key changes nothing', async () => {
    expect(await ask('lotMethod')).toEqual({ lotMethod: 'FIFO' })
    expect((await choose('choose-hifo', 'HIFO')).data).toEqual({ setLotMethod: { method: 'HIFO' } })
    expect((await choose('choose-hifo', 'HIFO')).data).toEqual({ setLotMethod: { method: 'HIFO' } })
    const reused = await choose('choose-hifo', 'FIFO')
    expect(reused.errors?.[0]?.extensions).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
    expect(await ask('lotMethod')).toEqual({ lotMethod: 'HIFO' })
    world.clock.advance(86_400_000)
    await move('fourth', buyEntry(terms('1', '50.00')))
    world.clock.advance(86_400_000)
    await move('fifth', buyEntry(terms('1', '160.00')))
    await move('sixth', sellEntry(terms('1', '100.00')))
    expect(await ask('activity(first: 1) { nodes { realised { method gain } } }')).toEqual({
      activity: { nodes: [{ realised: { method: 'HIFO', gain: '-60.00' } }] },
    })
  })

  it('needs a key', async () => {
    const { errors } = await choose('x', 'FIFO')
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' })
  })
})
