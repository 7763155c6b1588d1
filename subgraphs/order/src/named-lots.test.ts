import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { listNotifications } from '@cnop/outbox/rows'
import { chooseLots } from '@cnop/ledger/command'
import { verifyWithOrders } from './commands/verify-with-orders.ts'
import { limit, pick } from './testing/limit-world.ts'
import { startStopWorld, stop, type StopWorld } from './testing/stop-world.ts'

const fields = `id status quantity filledQuantity total lotsGone lots { acquiredOn quantity } receipt { kind basis realisedGain }`
const place = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { ${fields} } } }`
const read = `query ($id: ID!) { order(id: $id) { ${fields} } }`
const replace = `mutation ($input: ReplaceOrderInput!) { replaceOrder(input: $input) { order { ${fields} } } }`
const preview = `query ($input: PreviewOrderInput!) { previewOrder(input: $input) { outcome total basis realisedGain refusal } }`

let world: StopWorld
let days: readonly string[]
let count = 0
const newKey = (): string => `lots-${String(++count).padStart(8, '0')}`

beforeAll(async () => {
  world = await startStopWorld({ MARKET_DEPTH: '640' })
})
afterAll(() => world.stop())

const market = (side: 'BUY' | 'SELL', quantity: string, more: object = {}) => ({
  ...{ key: newKey(), type: 'MARKET', assetId: 'BTC', side, quantity },
  ...more,
})
const ask = (input: object) => world.ask('alice_1', place, { input })
const send = async (input: object) => pick(await ask(input), 'placeOrder')
const readBack = async (id: string) => pick(await world.ask('alice_1', read, { id }), 'order')
const lot = (place: number, quantity: string) => ({ acquiredOn: days[place] ?? '', quantity })
const today = (): string => new Date(world.clock.now()).toISOString().slice(0, 10)
const owned = async () => (await world.holding('alice_1', 'BTC'))?.lots

async function expectSound(): Promise<void> {
  const { ledger, main } = world
  expect((await verifyWithOrders(ledger, main.deps.store)).discrepancies).toEqual([])
}

/** Alice has 0.005 BTC of each of three days, for $310, $320 and $315. */
beforeEach(async () => {
  await world.reset()
  const bought: string[] = []
  for (const price of ['62000', '64000', '63000']) {
    await world.tick(price)
    await send(market('BUY', '0.005'))
    bought.push(today())
    world.clock.advance(86_400_000)
  }
  days = bought
  await world.tick('64000')
})

describe('a sale that names its lots', () => {
  it('takes these and no others', async () => {
    const lots = [lot(2, '0.005'), lot(0, '0.001')]
    const order = await send(market('SELL', '0.006', { lots }))
    // 315 and a fifth of 310.
    expect(order).toMatchObject({ lots, lotsGone: false, receipt: [{ basis: '377.00' }] })
    expect(await owned()).toBe(`${days[0]}:400000:24800 ${days[1]}:500000:32000`)
    await expectSound()
  })

  it('is previewed with what it would gain, next to one that names none', async () => {
    const { key: _key, ...input } = market('SELL', '0.005')
    const gainOf = async (more: object) =>
      pick(await world.ask('alice_1', preview, { input: { ...input, ...more } }), 'previewOrder')
    expect(await gainOf({})).toMatchObject({ basis: '310.00', realisedGain: '10.00' })
    const named = { lots: [lot(1, '0.005')] }
    expect(await gainOf(named)).toMatchObject({ basis: '320.00', realisedGain: '0.00' })
    const waits = { ...named, type: 'LIMIT', limitPrice: '70000' }
    const later = { outcome: 'WAIT', total: '350.00', basis: '320.00', realisedGain: '30.00' }
    expect(await gainOf(waits)).toMatchObject(later)
    const { data } = await world.ask('alice_1', preview, { input: { ...input, side: 'BUY' } })
    expect(data?.['previewOrder']).toMatchObject({ basis: null, realisedGain: null })
  })

  it('takes them when it fills, each part what the one before has left', async () => {
    const lots = [lot(2, '0.005'), lot(1, '0.005'), lot(0, '0.005')]
    const { id } = await send(limit('SELL', '0.015', '65000', { lots }))
    await world.tick('65000')
    expect(await owned()).toBe(`${days[0]}:500000:31000 ${days[1]}:15385:985`)
    expect(await readBack(id)).toMatchObject({ filledQuantity: '0.00984615', lotsGone: false })
    await world.tick('65000')
    expect(await owned()).toBeUndefined()
    await expectSound()
  })

  it('takes lots by the choice of the account where its own are gone by then, and says so', async () => {
    const { id } = await send(limit('SELL', '0.005', '65000', { lots: [lot(0, '0.005')] }))
    await send(market('SELL', '0.002'))
    await chooseLots(world.ledger, { username: 'alice_1', key: newKey() }, 'HIFO')
    await world.tick('65000')
    expect(await readBack(id)).toMatchObject({
      ...{ status: 'COMPLETED', lotsGone: true, lots: [lot(0, '0.005')] },
      receipt: [{ kind: 'HOLD' }, { kind: 'SELL', basis: '320.00' }],
    })
    const slice = { username: 'alice_1', first: 1, after: undefined, nowMs: world.clock.now() }
    const { notifications } = await listNotifications(world.main.deps.outbox, slice)
    expect(notifications[0]?.text).toMatch(/ Lots that you named were gone, so that your usual/)
    await expectSound()
  })

  it('hands them on when it is replaced, and keeps its quantity', async () => {
    const lots = [lot(1, '0.005')]
    const { id } = await send(limit('SELL', '0.005', '65000', { lots }))
    const change = (changes: object) =>
      world.ask('alice_1', replace, { input: { key: newKey(), orderId: id, ...changes } })
    const { errors } = await change({ quantity: '0.004' })
    expect(errors?.[0]?.extensions.details).toMatchObject({ field: 'quantity' })
    const next = pick(await change({ limitPrice: '66000' }), 'replaceOrder')
    expect(next).toMatchObject({ status: 'PENDING', lots })
    await expectSound()
  })

  it('is replaced where its lots are gone, and still waits for its stop or fills', async () => {
    await chooseLots(world.ledger, { username: 'alice_1', key: newKey() }, 'HIFO')
    const lots = [lot(0, '0.005')]
    const { id } = await send(stop('SELL', '0.005', '60000', { lots }))
    await send(market('SELL', '0.005', { lots }))
    const change = async (orderId: string, changes: object) => {
      const input = { key: newKey(), orderId, ...changes }
      return pick(await world.ask('alice_1', replace, { input }), 'replaceOrder')
    }
    const moved = await change(id, { stopPrice: '61000' })
    expect(moved).toMatchObject({ status: 'PENDING', lots, lotsGone: false })
    const longer = await change(moved.id, { timeInForce: 'DAY' })
    await world.tick('61000')
    expect(await readBack(longer.id)).toMatchObject({
      ...{ status: 'COMPLETED', lotsGone: true, lots },
      receipt: [{ kind: 'REPLACE' }, { kind: 'SELL', basis: '320.00' }],
    })
    // A limit that the market meets fills with the replacement.
    await send(market('BUY', '0.002'))
    const waits = await send(limit('SELL', '0.002', '65000', { lots: [lot(2, '0.002')] }))
    await send(market('SELL', '0.005', { lots: [lot(2, '0.005')] }))
    await world.tick('61000')
    expect(await change(waits.id, { limitPrice: '61000' })).toMatchObject({
      ...{ status: 'COMPLETED', lotsGone: true },
      receipt: [{ kind: 'SELL', basis: '122.00' }],
    })
    await expectSound()
  })

  it('is another order than one that names others, under one key', async () => {
    const input = market('SELL', '0.005', { lots: [lot(1, '0.005')] })
    const order = await send(input)
    expect(await send(input)).toEqual(order)
    const { errors } = await ask({ ...input, lots: [lot(2, '0.005')] })
    expect(errors?.[0]?.extensions.code).toBe('IDEMPOTENCY_KEY_REUSED')
  })
})

it.each([
  ['on a buy', 'BUY', '0.005', () => [lot(0, '0.005')], /belong to a sale/],
  ['without one', 'SELL', '0.005', () => [], /must be 1 to 32/],
  ['of nothing', 'SELL', '0.005', () => [lot(0, '0')], /more than zero/],
  ['of a day twice', 'SELL', '0.005', () => [lot(0, '0.003'), lot(0, '0.002')], /a day twice/],
  ['of another sum', 'SELL', '0.005', () => [lot(0, '0.004')], /sum to 0.004, not to .* 0.005/],
  ['of too much', 'SELL', '0.006', () => [lot(0, '0.006')], /0.006 of the lot of .* has 0.005/],
  ['of a day without one', 'SELL', '0.001', () => [{ quantity: '0.001' }], /no known day.* has 0/],
] as const)('refuses lots %s, and says why', async (_, side, quantity, lots, reason) => {
  const before = await owned()
  const { errors } = await ask(market(side, quantity, { lots: lots() }))
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' })
  expect(errors?.[0]?.extensions.details).toMatchObject({ field: 'lots' })
  expect(errors?.[0]?.extensions.details?.['reason']).toMatch(reason)
  expect(await owned()).toBe(before)
})

it('refuses lots with an amount of cash', async () => {
  const { quantity: _quantity, ...input } = market('SELL', '1', { quoteAmount: '50' })
  const { errors } = await ask({ ...input, lots: [lot(0, '0.001')] })
  expect(errors?.[0]?.extensions.details).toMatchObject({ field: 'lots' })
})
