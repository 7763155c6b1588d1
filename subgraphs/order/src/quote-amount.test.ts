import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { formatQuantity, formatUsd, quantity, usd } from '@cnop/kit/money'
import { type Answer, type OrderWorld, startOrderWorld } from './testing/order-world.ts'

let world: OrderWorld
let count = 0

const place = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) {
  order { id quantity quoteAmount price total fee receipt { cashChange quantityChange } }
} }`
const preview = `query ($input: PreviewOrderInput!) { previewOrder(input: $input) {
  quantity price total fee cashAfter quantityAfter refusal
} }`

const terms = (side: string, quoteAmount: string, assetId = 'BTC') => ({
  side,
  type: 'MARKET',
  assetId,
  quoteAmount,
})

const newKey = () => `key-${String(++count).padStart(8, '0')}`
const send = (input: object): Promise<Answer> =>
  world.ask('alice_1', place, { input: { key: newKey(), ...input } })

const orderOf = (answer: Answer) => {
  expect(answer.errors).toBeUndefined()
  return (answer.data!['placeOrder'] as { order: Record<string, unknown> }).order
}
const refusalOf = ({ errors }: Answer) => errors?.[0]?.extensions

const cash = async () => (await world.account('alice_1')).available
const held = async (assetId: string) => (await world.holding('alice_1', assetId))?.available

beforeAll(async () => {
  world = await startOrderWorld({ ORDER_FEE_BASIS_POINTS: '25', ORDER_JOBS: 'false' })
})
afterAll(() => world.stop())
beforeEach(async () => {
  await world.reset()
  world.quotes.set('BTC', '70341.28')
  world.quotes.set('DOGE', '0.1')
  await world.openUser('alice_1', '5000')
})

describe('a market order for an amount of cash', () => {
  it('never spends more than the amount, fee included, and says what it bought', async () => {
    const order = orderOf(await send(terms('BUY', '500')))
    expect(order).toMatchObject({
      quantity: '0.00709043',
      quoteAmount: '500.00',
      total: '500.00',
      fee: '1.25',
      receipt: [{ cashChange: '-500.00', quantityChange: '0.00709043' }],
    })
    expect(await cash()).toBe(usd('4500'))
    expect(await held('BTC')).toBe(quantity('0.00709043'))
  })

  it('spends all cash down to less than one step of the asset costs', async () => {
    orderOf(await send(terms('BUY', formatUsd(await cash()))))
    expect(await cash()).toBe(usd('0'))
  })

  it('pays a seller the amount after the fee, and keeps the rest of the holding', async () => {
    orderOf(await send(terms('BUY', '500')))
    const order = orderOf(await send(terms('SELL', '100')))
    expect(order).toMatchObject({ quoteAmount: '100.00', total: '100.00' })
    expect(await cash()).toBe(usd('4600'))
  })

  it('leaves no dust when it sells what the holding pays', async () => {
    orderOf(await send(terms('BUY', '500')))
    const all = formatQuantity((await held('BTC'))!)
    const asked = await world.ask('alice_1', preview, {
      input: { side: 'SELL', type: 'MARKET', assetId: 'BTC', quantity: all },
    })
    const { total } = asked.data!['previewOrder'] as { total: string }
    expect(orderOf(await send(terms('SELL', total)))).toMatchObject({ total, quantity: all })
    expect(await held('BTC')).toBeUndefined()
  })

  it('cannot sell for more than the value of the holding, nor buy for more than the cash', async () => {
    orderOf(await send(terms('BUY', '500')))
    expect(refusalOf(await send(terms('SELL', '500')))?.code).toBe('INSUFFICIENT_HOLDINGS')
    expect(refusalOf(await send(terms('BUY', '4500.01')))?.code).toBe('INSUFFICIENT_FUNDS')
  })

  it('has a preview that matches', async () => {
    orderOf(await send(terms('BUY', '500')))
    for (const input of [
      terms('BUY', '123.45'),
      terms('SELL', '97.89'),
      terms('BUY', '3', 'DOGE'),
    ]) {
      const asked = await world.ask('alice_1', preview, { input })
      const said = asked.data!['previewOrder'] as Record<string, unknown>
      const { quantity: bought, price, total, fee } = orderOf(await send(input))
      expect(said).toMatchObject({ quantity: bought, price, total, fee, refusal: null })
      expect(said).toMatchObject({
        cashAfter: formatUsd(await cash()),
        quantityAfter: formatQuantity((await held(input.assetId))!),
      })
    }
  })

  it('returns the first order under its key at any later price, and refuses another input', async () => {
    const key = newKey()
    const first = orderOf(await send({ ...terms('BUY', '500'), key }))
    world.quotes.set('BTC', '80000')
    expect(orderOf(await send({ ...terms('BUY', '500'), key }))).toEqual(first)
    const reused = 'IDEMPOTENCY_KEY_REUSED'
    expect(refusalOf(await send({ ...terms('BUY', '500.01'), key }))?.code).toBe(reused)
    const { quoteAmount: _amount, ...bare } = terms('BUY', '500')
    const byQuantity = { ...bare, quantity: first['quantity'], key }
    expect(refusalOf(await send(byQuantity))?.code).toBe(reused)
  })

  it.each([
    ['BUY', '0.50', 'ORDER_TOO_SMALL'],
    ['SELL', '0.50', 'ORDER_TOO_SMALL'],
    ['BUY', '10050.01', 'ORDER_TOO_LARGE'],
  ])('names the amount when a %s for %s is refused as %s', async (side, amount, code) => {
    const details = expect.objectContaining({ field: 'quoteAmount' })
    expect(refusalOf(await send(terms(side, amount)))).toMatchObject({ code, details })
  })

  it.each([
    [{ quantity: '0.01' }, 'quoteAmount', /combined with quantity/],
    [{ quoteAmount: undefined }, 'quantity', /unless quoteAmount is given/],
    [{ quoteAmount: null, quantity: null }, 'quantity', /unless quoteAmount is given/],
    [{ quoteAmount: '0' }, 'quoteAmount', /more than zero/],
    [{ quoteAmount: '-5' }, 'quoteAmount', /more than zero/],
    [{ type: 'LIMIT', limitPrice: '60000' }, 'quoteAmount', /market order/],
    [{ type: 'LIMIT', limitPrice: '60000', quoteAmount: null }, 'quantity', /is required/],
  ])('with %j is refused by its field, and changes nothing', async (change, field, reason) => {
    const input = { ...terms('BUY', '500'), ...change }
    const said = expect.objectContaining({ field, reason: expect.stringMatching(reason) })
    const refusal = { code: 'BAD_USER_INPUT', details: said }
    expect(refusalOf(await send(input))).toMatchObject(refusal)
    expect(refusalOf(await world.ask('alice_1', preview, { input }))).toMatchObject(refusal)
    expect(await cash()).toBe(usd('5000'))
  })
})
