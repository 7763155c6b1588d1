import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { formatQuantity, formatUsd } from '@cnop/kit/money'
import { readAccount, readHolding } from '@cnop/ledger/balances'
import { cancelOrder, limit } from './testing/limit-world.ts'
import { startStopWorld, type StopWorld } from './testing/stop-world.ts'

let world: StopWorld
let keys = 0
beforeAll(async () => {
  world = await startStopWorld({ ORDER_FEE_BASIS_POINTS: '25' })
})
afterAll(() => world.stop())
beforeEach(() => world.reset())

const previewing = `query ($input: ReplaceOrderInput!) { previewReplacement(input: $input) {
  outcome quantity filledQuantity price total fee cashAfter quantityAfter basis realisedGain refusal } }`
const replacing = `mutation ($input: ReplaceOrderInput!) { replaceOrder(input: $input) { order {
  id type status quantity filledQuantity price total fee heldCash stopLimitPrice stopLossPrice stopLossLimitPrice } } }`

const preview = (orderId: string, changes: object, username = 'alice_1') =>
  world.ask(username, previewing, { input: { key: 'preview-key', orderId, ...changes } })
const replace = (orderId: string, changes: object) => {
  keys += 1
  const input = { key: `replacement-${keys}`, orderId, ...changes }
  return world.ask('alice_1', replacing, { input })
}

async function previewOf(orderId: string, changes: object) {
  const { data, errors } = await preview(orderId, changes)
  expect(errors).toBeUndefined()
  return data!['previewReplacement'] as Record<string, string | null>
}

async function replacedBy(orderId: string, changes: object) {
  const { data, errors } = await replace(orderId, changes)
  expect(errors).toBeUndefined()
  const { order } = data!['replaceOrder'] as { order: Record<string, string | null> }
  return { ...order, id: order['id'] ?? '' } as Record<string, string | null> & { id: string }
}

async function balances() {
  const { available } = await readAccount(world.ledger, 'alice_1')
  const holding = await readHolding(world.ledger, 'alice_1', 'BTC')
  return {
    cashAfter: formatUsd(available),
    quantityAfter: formatQuantity(holding?.available ?? (0n as never)),
  }
}

const wrong = (field: string, reason: string) => ({
  code: 'BAD_USER_INPUT',
  details: { field, reason: expect.stringContaining(reason) },
})

const buy = (more: object = {}) => world.placed('alice_1', limit('BUY', '0.1', '60000', more))
const oco = (more: object = {}) => {
  const either = { type: 'OCO', stopPrice: '66000', stopLimitPrice: '67000' }
  return world.placed('alice_1', limit('BUY', '0.1', '60000', { ...either, ...more }))
}
async function sale() {
  await world.placed('alice_1', limit('BUY', '0.1', '64000'))
  return world.placed('alice_1', limit('SELL', '0.1', '70000'))
}

describe('a preview of a replacement', () => {
  it.each([
    ['a lower limit', buy, { limitPrice: '50000' }],
    // More than is available beside what the open order holds.
    ['a larger quantity', buy, { quantity: '0.15' }],
    ['a limit that fills at once', buy, { limitPrice: '65000' }],
    ['exits', buy, { takeProfitPrice: '70000', stopLossPrice: '50000' }],
    ['a part of a sale', sale, { quantity: '0.04' }],
    ['a sale that fills at once', sale, { limitPrice: '63000' }],
    ['a stop without its limit', oco, { removeStopLimit: true }],
  ] as const)('moves what the replacement moves: %s', async (_, open, changes) => {
    const { id } = await open()
    const before = await balances()
    const seen = await previewOf(id, changes)
    expect(await balances()).toEqual(before)
    const order = await replacedBy(id, changes)
    expect(seen).toMatchObject({ refusal: null, ...(await balances()) })
    expect(seen).toMatchObject(
      order['status'] === 'COMPLETED'
        ? { outcome: 'FILL', price: order['price'], total: order['total'], fee: order['fee'] }
        : { outcome: 'WAIT', quantity: order['quantity'] },
    )
    if (order['heldCash'] !== null) expect(seen['total']).toBe(order['heldCash'])
  })

  it('has the refusal of the replacement', async () => {
    const { id } = await buy()
    const tooLarge = await previewOf(id, { quantity: '2' })
    expect(tooLarge).toMatchObject({ refusal: 'ORDER_TOO_LARGE' })
    expect((await replace(id, { quantity: '2' })).errors?.[0]?.extensions.code).toBe(
      'ORDER_TOO_LARGE',
    )
    await world.placed('alice_1', limit('BUY', '0.05', '60000'))
    expect(await previewOf(id, { quantity: '0.15' })).toMatchObject({
      refusal: 'INSUFFICIENT_FUNDS',
    })
  })

  it('names the input that does not fit', async () => {
    const { id } = await buy({ stopLossPrice: '50000' })
    const refused = async (changes: object) => (await preview(id, changes)).errors?.[0]?.extensions
    expect(await refused({ limitPrice: '49000' })).toMatchObject(
      wrong('limitPrice', 'whose stopLossPrice must be below the price of the order'),
    )
    expect(await refused({ stopLossPrice: '61000' })).toMatchObject(
      wrong('stopLossPrice', 'must be below the price of the order'),
    )
    expect(await refused({})).toMatchObject(wrong('quantity', 'is required'))
  })

  it('is refused for an order that is not open, and for that of someone else', async () => {
    const { id } = await buy()
    const codeFor = async (username?: string) =>
      (await preview(id, { limitPrice: '50000' }, username)).errors?.[0]?.extensions.code
    expect(await codeFor('bobby_1')).toBe('ORDER_NOT_FOUND')
    await world.ask('alice_1', cancelOrder, { id })
    expect(await codeFor()).toBe('ORDER_NOT_REPLACEABLE')
  })
})

describe('the limit of a stop', () => {
  it('is taken away by its flag alone, and added again', async () => {
    const { id } = await oco()
    const kept = await replacedBy(id, { stopLimitPrice: null, limitPrice: '59000' })
    expect(kept).toMatchObject({ type: 'OCO', stopLimitPrice: '67000', heldCash: '6716.75' })
    const open = await replacedBy(kept.id, { removeStopLimit: true })
    // Without a limit, the stop sets an allowance of 5 per cent aside.
    expect(open).toMatchObject({ type: 'OCO', stopLimitPrice: null, heldCash: '6947.33' })
    const again = await preview(open.id, { removeStopLimit: true })
    expect(again.errors?.[0]?.extensions).toMatchObject(wrong('removeStopLimit', 'without a'))
    const both = await preview(open.id, { removeStopLimit: true, stopLimitPrice: '67000' })
    expect(both.errors?.[0]?.extensions).toMatchObject(
      wrong('stopLimitPrice', 'is removed and given'),
    )
    const limited = await replacedBy(open.id, { stopLimitPrice: '66500' })
    expect(limited).toMatchObject({ stopLimitPrice: '66500' })
  })

  it('of a stop loss is taken away by its flag, or with the stop loss', async () => {
    const exits = { takeProfitPrice: '70000', stopLossPrice: '50000', stopLossLimitPrice: '49000' }
    const { id } = await buy(exits)
    const open = await replacedBy(id, { removeStopLossLimit: true })
    expect(open).toMatchObject({ stopLossPrice: '50000', stopLossLimitPrice: null })
    const limited = await replacedBy(open.id, { stopLossLimitPrice: '48000' })
    expect(limited).toMatchObject({ stopLossLimitPrice: '48000' })
    const without = await replacedBy(limited.id, { removeStopLoss: true })
    expect(without).toMatchObject({ stopLossPrice: null, stopLossLimitPrice: null })
    const again = await preview(without.id, { removeStopLossLimit: true })
    expect(again.errors?.[0]?.extensions).toMatchObject(wrong('removeStopLossLimit', 'without a'))
  })

  it('is not there to be taken away once its stop was triggered', async () => {
    const { id } = await oco({ stopLimitPrice: '66100' })
    await world.tick('66500')
    expect(await world.readBack('alice_1', id)).toMatchObject({
      status: 'PENDING',
      triggerPrice: '66500',
    })
    const { errors } = await preview(id, { removeStopLimit: true, limitPrice: '66000' })
    expect(errors?.[0]?.extensions).toMatchObject(wrong('removeStopLimit', 'without a'))
  })
})
