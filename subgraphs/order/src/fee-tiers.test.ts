import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { limit, pick } from './testing/limit-world.ts'
import { oco, startStopWorld, stop, stopLimit, type StopWorld } from './testing/stop-world.ts'

/** A maker pays 0.1 %, a taker 0.4 %; from $1,000 traded in 30 days on, nothing and 0.2 %. */
const tiers = { ORDER_FEE_BASIS_POINTS: '10/40,1000:0/20' }
const fields = 'id status total fee liquidity feeBasisPoints heldCash receipt { cashChange }'
const place = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { ${fields} } } }`
const read = `query ($id: ID!) { order(id: $id) { ${fields} } }`
const replace = `mutation ($input: ReplaceOrderInput!) { replaceOrder(input: $input) { order { ${fields} } } }`
const preview = `query ($input: PreviewOrderInput!) { previewOrder(input: $input) {
  outcome total fee liquidity feeBasisPoints
} }`

let world: StopWorld
let count = 0

beforeAll(async () => {
  world = await startStopWorld(tiers)
})
beforeEach(() => world.reset())
afterAll(() => world.stop())

const market = (side: 'BUY' | 'SELL', quantity: string, more: object = {}) => ({
  ...{ key: `fees-${String(++count).padStart(8, '0')}`, type: 'MARKET', assetId: 'BTC' },
  ...{ side, quantity, ...more },
})

const send = async (input: object) =>
  pick(await world.ask('alice_1', place, { input }), 'placeOrder')
const readBack = async (id: string) => pick(await world.ask('alice_1', read, { id }), 'order')

/** What an order would do, and then what it did: the preview says the same. */
async function previewed({ key, ...input }: { readonly key: string }) {
  const said = pick(await world.ask('alice_1', preview, { input }), 'previewOrder')
  const placed = await send({ key, ...input })
  const { fee, liquidity, feeBasisPoints } = placed
  expect(said['feeBasisPoints']).toBe(feeBasisPoints)
  if (placed['status'] === 'COMPLETED') expect(said).toMatchObject({ fee, liquidity })
  else if (placed['heldCash'] !== null) expect(said['total']).toBe(placed['heldCash'])
  return placed
}

it('charges a taker by what was traded before, and tells it before and after', async () => {
  // $640 twice: the order that passes $1,000 pays the old rate, the next one the new.
  const first = await previewed(market('BUY', '0.01'))
  expect(first).toMatchObject({
    fee: '2.56',
    total: '642.56',
    liquidity: 'TAKER',
    feeBasisPoints: 40,
  })
  expect(first['receipt']).toEqual([{ cashChange: '-642.56' }])
  expect(await previewed(market('SELL', '0.01'))).toMatchObject({ fee: '2.56', total: '637.44' })
  const third = await previewed(market('BUY', '0.01'))
  expect(third).toMatchObject({ fee: '1.28', total: '641.28', feeBasisPoints: 20 })
})

it('charges a limit order that waited as a maker, and one that the market meets as a taker', async () => {
  const waits = await previewed(limit('BUY', '0.01', '60000'))
  expect(waits).toMatchObject({ heldCash: '600.60', liquidity: null, feeBasisPoints: 10 })
  await world.tick('60000')
  expect(await readBack(waits.id)).toMatchObject({
    ...{ status: 'COMPLETED', total: '600.60', fee: '0.60', liquidity: 'MAKER' },
    feeBasisPoints: 10,
  })
  const met = await previewed(limit('SELL', '0.01', '50000'))
  expect(met).toMatchObject({
    fee: '2.40',
    total: '597.60',
    liquidity: 'TAKER',
    feeBasisPoints: 40,
  })
})

it('charges a triggered stop as a taker, and sets that aside', async () => {
  const waits = await previewed(stop('BUY', '0.01', '65000'))
  // $650 and 5 %, and 0.4 %.
  expect(waits).toMatchObject({ heldCash: '685.23', feeBasisPoints: 40 })
  await world.tick('65000')
  expect(await readBack(waits.id)).toMatchObject({ total: '652.60', liquidity: 'TAKER' })
  expect((await world.account('alice_1')).held).toBe(0n)
})

it('charges a stop-limit order by whether the market met its limit when it triggered', async () => {
  const met = await send(stopLimit('BUY', '0.01', '65000', '66000'))
  await world.tick('65500')
  expect(await readBack(met.id)).toMatchObject({ fee: '2.62', liquidity: 'TAKER' })
  const rests = await send(stopLimit('BUY', '0.005', '66000', '65000'))
  expect(rests['heldCash']).toBe('326.30')
  await world.tick('66000')
  await world.tick('65000')
  expect(await readBack(rests.id)).toMatchObject({
    total: '325.33',
    fee: '0.33',
    liquidity: 'MAKER',
  })
})

it('charges the limit of an OCO order as a maker and its stop as a taker', async () => {
  await send(market('BUY', '0.01'))
  const prices = { limitPrice: '70000', stopPrice: '60000' }
  const [one, other] = [
    await send(oco('SELL', '0.005', prices)),
    await send(oco('SELL', '0.005', { ...prices, limitPrice: '80000' })),
  ]
  await world.tick('70000')
  expect(await readBack(one.id)).toMatchObject({ fee: '0.35', liquidity: 'MAKER' })
  await world.tick('60000')
  expect(await readBack(other.id)).toMatchObject({ fee: '1.20', liquidity: 'TAKER' })
})

it('keeps the rates that were agreed at placement, and agrees new ones for a replacement', async () => {
  const waits = await send(limit('BUY', '0.01', '60000'))
  await send(market('BUY', '0.01'))
  await send(market('SELL', '0.01'))
  const input = { key: 'replace-0001', orderId: waits.id, quantity: '0.02' }
  const kept = await send(limit('BUY', '0.01', '59000'))
  expect(kept).toMatchObject({ heldCash: '590.00', feeBasisPoints: 0 })
  expect(await readBack(waits.id)).toMatchObject({ heldCash: '600.60', feeBasisPoints: 10 })
  const replaced = pick(await world.ask('alice_1', replace, { input }), 'replaceOrder')
  expect(replaced).toMatchObject({ heldCash: '1200.00', feeBasisPoints: 0 })
})

it('opens the exits of a bracket with the rates of their entry', async () => {
  const entry = await send(market('BUY', '0.01', { takeProfitPrice: '70000' }))
  const { exitOrderId } = pick(
    await world.ask('alice_1', 'query ($id: ID!) { order(id: $id) { id exitOrderId } }', entry),
    'order',
  )
  expect(await readBack(String(exitOrderId))).toMatchObject({ feeBasisPoints: 10 })
  await world.tick('70000')
  expect(await readBack(String(exitOrderId))).toMatchObject({ fee: '0.70', liquidity: 'MAKER' })
})
