import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { formatQuantity, formatUsd, zeroQuantity } from '@cnop/kit/money'
import { type OrderWorld, startOrderWorld } from './testing/order-world.ts'

let world: OrderWorld
let count = 0

const preview = `query ($input: PreviewOrderInput!) { previewOrder(input: $input) {
  outcome price quotedAt total fee cashAfter quantityAfter valueLimit refusal refusalMessage
} }`
const place = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) {
  order { status price limitPrice stopPrice total fee heldCash }
} }`

beforeAll(async () => {
  world = await startOrderWorld({ ORDER_FEE_BASIS_POINTS: '25', ORDER_JOBS: 'false' })
})
afterAll(() => world.stop())
beforeEach(async () => {
  await world.reset()
  await world.openUser('alice_1', '5000')
  for (const input of [
    { side: 'BUY', type: 'MARKET', assetId: 'BTC', quantity: '0.01' },
    { side: 'BUY', type: 'MARKET', assetId: 'DOGE', quantity: '10.0005' },
    { side: 'SELL', type: 'MARKET', assetId: 'DOGE', quantity: '10' },
  ]) {
    await world.ask('alice_1', place, { input: { key: `setup-${String(++count)}000`, ...input } })
  }
})

const terms = (side: string, assetId: string, quantity: string, limitPrice?: string) => ({
  side,
  type: limitPrice ? 'LIMIT' : 'MARKET',
  assetId,
  quantity,
  ...(limitPrice && { limitPrice }),
})

const stop = (side: string, quantity: string, stopPrice: string) => ({
  side,
  type: 'STOP',
  assetId: 'BTC',
  quantity,
  stopPrice,
})

async function balances(assetId: string) {
  const account = await world.account('alice_1')
  const holding = await world.holding('alice_1', assetId)
  return {
    cashAfter: formatUsd(account.available),
    quantityAfter: formatQuantity(holding?.available ?? zeroQuantity),
  }
}

/** The order became what the preview said. */
function expectSaid(
  said: Readonly<Record<string, string | null>>,
  placed: Readonly<Record<string, string>>,
  side: string,
): void {
  const outcomes = { COMPLETED: 'FILL', PENDING: 'WAIT', CANCELLED: 'CANCEL' }
  expect(said['outcome']).toBe(outcomes[placed['status'] as keyof typeof outcomes])
  const fills = said['outcome'] === 'FILL'
  expect(said['price']).toBe(
    fills ? placed['price'] : (placed['stopPrice'] ?? placed['limitPrice']),
  )
  if (said['outcome'] === 'CANCEL') expect(said).toMatchObject({ total: '0.00', fee: '0.00' })
  else if (fills) expect(said).toMatchObject({ total: placed['total'], fee: placed['fee'] })
  else if (side === 'BUY') expect(said['total']).toBe(placed['heldCash'])
}

describe('previewOrder', () => {
  it.each([
    terms('BUY', 'BTC', '0.02'),
    terms('BUY', 'BTC', '0.02', '50000'),
    terms('BUY', 'BTC', '0.02', '64000.5'),
    terms('SELL', 'BTC', '0.01'),
    terms('SELL', 'BTC', '0.004', '70000'),
    terms('SELL', 'DOGE', '0.0005'), // all that is left, worth nothing
    terms('BUY', 'BTC', '0.1'), // more than the cash
    terms('BUY', 'BTC', '0.0779', '64001'), // covered by the cash, but not with the fee
    terms('SELL', 'BTC', '0.02'), // more than there is
    terms('BUY', 'BTC', '0.5'), // above the cap
    terms('BUY', 'BTC', '0.00001'), // below the smallest value
    terms('SELL', 'BTC', '0.00001'),
    terms('SELL', 'DOGE', '0.0004'),
    terms('BUY', 'OLD', '1'),
    { ...terms('BUY', 'BTC', '0.02', '50000'), expiresAt: '2026-03-01T00:00:00.000Z' },
    { ...terms('BUY', 'BTC', '0.02', '50000'), timeInForce: 'DAY' },
    { ...terms('BUY', 'BTC', '0.02', '64000.5'), timeInForce: 'IOC' },
    { ...terms('BUY', 'BTC', '0.02', '50000'), timeInForce: 'IOC' },
    { ...terms('SELL', 'BTC', '0.01', '70000'), timeInForce: 'FOK' },
    { ...terms('SELL', 'BTC', '0.02', '70000'), timeInForce: 'FOK' }, // more than there is
    { ...terms('BUY', 'BTC', '0.1', '60000'), timeInForce: 'IOC' }, // more than the cash
    stop('BUY', '0.02', '66000'),
    stop('SELL', '0.01', '60000'),
    stop('BUY', '0.02', '64000'), // reached already
    stop('SELL', '0.02', '60000'), // more than there is
    stop('BUY', '0.065', '70000'), // covered at the stop, but not with the allowance
    { ...stop('BUY', '0.02', '66000'), type: 'STOP_LIMIT', limitPrice: '66500' },
    { ...stop('SELL', '0.01', '60000'), type: 'STOP_LIMIT', limitPrice: '59000' },
  ])('says what placing the order then does: %j', async (input) => {
    world.quotes.set('OLD', '5', { isActive: false })
    const before = await world.account('alice_1')
    const previewed = await world.ask('alice_1', preview, { input })
    expect(previewed.errors).toBeUndefined()
    const said = previewed.data!['previewOrder'] as Record<string, string | null>
    expect(await world.account('alice_1')).toEqual(before)

    const key = `order-${String(++count)}000`
    const answer = await world.ask('alice_1', place, { input: { key, ...input } })
    const refusal = answer.errors?.[0]
    expect(said).toMatchObject({
      refusal: refusal?.extensions.code ?? null,
      refusalMessage: refusal?.message ?? null,
      ...(await balances(input.assetId)),
    })
    if (refusal) return
    const placed = (answer.data!['placeOrder'] as { order: Record<string, string> }).order
    expectSaid(said, placed, input.side)
  })

  it('refuses an invalid order, and an asset without a price', async () => {
    const codeOf = async (input: object) =>
      (await world.ask('alice_1', preview, { input })).errors?.[0]?.extensions.code
    expect(await codeOf(terms('BUY', 'BTC', '0'))).toBe('BAD_USER_INPUT')
    expect(await codeOf({ ...terms('BUY', 'BTC', '1'), type: 'LIMIT' })).toBe('BAD_USER_INPUT')
    expect(
      await codeOf({
        ...terms('BUY', 'BTC', '0.02', '50000'),
        expiresAt: '2020-03-01T00:00:00.000Z',
      }),
    ).toBe('BAD_USER_INPUT')
    expect(
      await codeOf({
        ...terms('BUY', 'BTC', '0.02', '50000'),
        expiresAt: '2030-03-01T00:00:00.000Z',
      }),
    ).toBe('BAD_USER_INPUT')
    expect(await codeOf(terms('BUY', 'NONE', '1'))).toBe('ASSET_NOT_FOUND')
  })
})
