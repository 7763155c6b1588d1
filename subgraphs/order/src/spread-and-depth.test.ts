import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { codeOf, limit, pick } from './testing/limit-world.ts'
import { startStopWorld, stop, type StopWorld } from './testing/stop-world.ts'

/** BTC at $64,000: $63,968 to sell, $64,032 to buy, $640.32 deep and $32 worse behind that. */
const market = { MARKET_SPREAD_BASIS_POINTS: '10', MARKET_DEPTH: '640' }
const fields = 'id status price total heldCash reason'
const place = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { ${fields} } } }`
const read = `query ($id: ID!) { order(id: $id) { ${fields} } }`
const preview = `query ($input: PreviewOrderInput!) { previewOrder(input: $input) {
  outcome quantity price total refusal
} }`

let world: StopWorld
let count = 0

beforeAll(async () => {
  world = await startStopWorld(market)
})
beforeEach(() => world.reset())
afterAll(() => world.stop())

const atMarket = (side: 'BUY' | 'SELL', size: object) => ({
  ...{ key: `depth-${String(++count).padStart(8, '0')}`, type: 'MARKET', assetId: 'BTC' },
  ...{ side, ...size },
})

const ask = (input: object) => world.ask('alice_1', place, { input })
const send = async (input: object) => pick(await ask(input), 'placeOrder')
const readBack = async (id: string) => pick(await world.ask('alice_1', read, { id }), 'order')

describe('a market order', () => {
  it('buys at the ask and sells at the bid', async () => {
    const bought = await send(atMarket('BUY', { quantity: '0.005' }))
    expect(bought).toMatchObject({ price: '64032', total: '320.16' })
    const sold = await send(atMarket('SELL', { quantity: '0.005' }))
    expect(sold).toMatchObject({ price: '63968', total: '319.84' })
  })

  it('beyond the depth fills at a worse average, which its preview says', async () => {
    const { key: _key, ...input } = atMarket('BUY', { quantity: '0.02' })
    const said = pick(await world.ask('alice_1', preview, { input }), 'previewOrder')
    const bought = await send({ key: 'beyond-depth', ...input })
    // 0.00999500 at 64,032 and 0.01000500 at 64,064.
    expect(bought).toMatchObject({ price: '64048.008', total: '1280.97' })
    expect(said).toMatchObject({ outcome: 'FILL', price: '64048.008', total: '1280.97' })
  })

  it('is refused where its average is worse than the price that it accepts', async () => {
    const size = { quantity: '0.02' }
    const refused = await ask(atMarket('BUY', { ...size, worstPrice: '64048' }))
    expect(codeOf(refused)).toBe('PRICE_MOVED')
    const filled = await send(atMarket('BUY', { ...size, worstPrice: '64048.008' }))
    expect(filled).toMatchObject({ status: 'COMPLETED' })
  })

  it('for an amount of cash never moves more, through several levels', async () => {
    const bought = await send(atMarket('BUY', { quoteAmount: '5000' }))
    expect(Number(bought['total'])).toBeGreaterThan(4_999.98)
    expect(Number(bought['total'])).toBeLessThanOrEqual(5_000)
    const sold = await send(atMarket('SELL', { quoteAmount: '3000' }))
    expect(sold).toMatchObject({ total: '3000.00' })
    expect(Number(sold['price'])).toBeLessThan(63_968)
  })
})

describe('a waiting order', () => {
  it('fills when the market sells at its limit, and not when only the mid price is there', async () => {
    const waits = await send(limit('BUY', '0.005', '63000'))
    await world.tick('63000')
    expect(await readBack(waits.id)).toMatchObject({ status: 'PENDING' })
    await world.tick('62960')
    expect(await readBack(waits.id)).toMatchObject({ status: 'COMPLETED', price: '62991.48' })
  })

  it('is triggered by the mid price, and sells at the bid', async () => {
    await send(atMarket('BUY', { quantity: '0.005' }))
    const waits = await send(stop('SELL', '0.005', '63000'))
    await world.tick('63010')
    expect(await readBack(waits.id)).toMatchObject({ status: 'PENDING' })
    await world.tick('63000')
    expect(await readBack(waits.id)).toMatchObject({ status: 'COMPLETED', price: '62968.5' })
  })
})

it('is one market for orders of every API', async () => {
  const rest = async (input: object) =>
    pick(await world.askRest('alice_1', place, { input }), 'placeOrder')
  const before = await rest(atMarket('BUY', { quantity: '0.005' }))
  const after = await send(atMarket('BUY', { quantity: '0.005' }))
  expect(before).toMatchObject({ price: '64032' })
  expect(Number(after['price'])).toBeGreaterThan(64_032)
})
