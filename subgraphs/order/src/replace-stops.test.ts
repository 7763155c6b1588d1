import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { verifyWithOrders } from './commands/verify-with-orders.ts'
import { codeOf, limit, pick } from './testing/limit-world.ts'
import { startStopWorld, stop, stopLimit, type StopWorld } from './testing/stop-world.ts'

let world: StopWorld
beforeAll(async () => {
  world = await startStopWorld()
})
afterAll(() => world.stop())
beforeEach(() => world.reset())

const placed = (input: object) => world.placed('alice_1', input)
const readBack = (id: string) => world.readBack('alice_1', id)

async function expectSound(): Promise<void> {
  const ledger = { ...world.ledger, now: world.clock.now }
  expect((await verifyWithOrders(ledger, world.main.deps.store)).discrepancies).toEqual([])
}

const mutation = `mutation ($input: ReplaceOrderInput!) { replaceOrder(input: $input) {
  order { id type status stopPrice limitPrice heldCash triggeredAt } } }`
let keys = 0
const replace = (orderId: string, changes: object) =>
  world.ask('alice_1', mutation, {
    input: { key: `replace-${++keys}0000`, orderId, ...changes },
  })

describe('a refused replacement', () => {
  it.each([
    [{ quantity: '0.2' }, 'ORDER_TOO_LARGE', 'quantity'],
    [{ quantity: '0.00001' }, 'ORDER_TOO_SMALL', 'quantity'],
    [{ limitPrice: '900000', takeProfitPrice: '950000' }, 'ORDER_TOO_LARGE', 'limitPrice'],
    [{ takeProfitPrice: '50000' }, 'BAD_USER_INPUT', 'takeProfitPrice'],
    [{ takeProfitPrice: '500000' }, 'ORDER_TOO_LARGE', 'takeProfitPrice'],
    [{ expiresAt: '2020-01-01T00:00:00.000Z' }, 'BAD_USER_INPUT', 'expiresAt'],
    // The prices of the sale that it would open stay, and were not sent.
    [{ limitPrice: '54000' }, 'BAD_USER_INPUT', 'limitPrice', 'whose stopLossPrice must be below'],
    [
      { limitPrice: '71000' },
      'BAD_USER_INPUT',
      'limitPrice',
      'whose takeProfitPrice must be above',
    ],
  ])('names what was sent: %j, %s', async (changes, code, field, reason = '') => {
    const exits = { stopLossPrice: '55000', takeProfitPrice: '70000' }
    const { id } = await placed(limit('BUY', '0.05', '60000', exits))
    const { errors } = await replace(id, changes)
    expect(errors?.[0]?.extensions).toMatchObject({ code, details: { field } })
    expect(errors?.[0]?.message).toContain(reason)
    expect(await readBack(id)).toMatchObject({ status: 'PENDING' })
  })

  it('names the order before its changes, and says what is missing', async () => {
    const { errors } = await replace('', {})
    expect(errors?.[0]?.extensions.details).toMatchObject({ field: 'orderId' })
    const { id } = await placed(limit('BUY', '0.05', '60000'))
    expect((await replace(id, {})).errors?.[0]?.message).toBe(
      'quantity: is required, unless something else is changed',
    )
  })

  it('judges a used key before whether there is such an order', async () => {
    const send = async (key: string) => {
      const input = { key, orderId: 'ord_unknown_0000', limitPrice: '59000' }
      return codeOf(await world.ask('alice_1', mutation, { input }))
    }
    const { id } = await placed(limit('BUY', '0.05', '60000'))
    await replace(id, { limitPrice: '61000' })
    expect(await send(`replace-${keys}0000`)).toBe('IDEMPOTENCY_KEY_REUSED')
    expect(await send('replace-unused-key')).toBe('ORDER_NOT_FOUND')
  })

  it('names the order when only the market has made it too large', async () => {
    const { id } = await placed(limit('BUY', '0.05', '60000'))
    await world.tick('210000')
    const { errors } = await replace(id, { timeInForce: 'DAY' })
    const refusal = { code: 'ORDER_TOO_LARGE', details: { field: 'orderId' } }
    expect(errors?.[0]?.extensions).toMatchObject(refusal)
  })
})

describe('replacing a stop order', () => {
  it('moves its stop price and its hold', async () => {
    const { id } = await placed(stop('BUY', '0.1', '66000'))
    const order = pick(await replace(id, { stopPrice: '70000' }), 'replaceOrder')
    expect(order).toMatchObject({
      type: 'STOP',
      status: 'PENDING',
      stopPrice: '70000',
      heldCash: '7350.00',
    })
    await world.tick('67000')
    expect(await readBack(order.id)).toMatchObject({ status: 'PENDING', triggeredAt: null })
    await world.tick('70000')
    expect(await readBack(order.id)).toMatchObject({ status: 'COMPLETED', total: '7000.00' })
    await expectSound()
  })

  it('makes a limit order of a stop-limit order that was triggered', async () => {
    const { id } = await placed(stopLimit('BUY', '0.1', '66000', '66500'))
    await world.tick('67000')
    expect(codeOf(await replace(id, { stopPrice: '68000' }))).toBe('BAD_USER_INPUT')
    const order = pick(await replace(id, { limitPrice: '66000' }), 'replaceOrder')
    expect(order).toMatchObject({ type: 'LIMIT', status: 'PENDING', stopPrice: null })
    await world.tick('65000')
    expect(await readBack(order.id)).toMatchObject({ status: 'COMPLETED', total: '6500.00' })
    await expectSound()
  })

  it('is refused for a price of another type, a stop that is reached, and an order about to fill', async () => {
    await placed(limit('BUY', '0.1', '64000'))
    const { id } = await placed(stop('SELL', '0.1', '60000'))
    expect(codeOf(await replace(id, { limitPrice: '59000' }))).toBe('BAD_USER_INPUT')
    expect(codeOf(await replace(id, { stopPrice: '64000' }))).toBe('STOP_PRICE_REACHED')
    const waiting = await placed(limit('BUY', '0.01', '60000'))
    expect(codeOf(await replace(waiting.id, { stopPrice: '70000' }))).toBe('BAD_USER_INPUT')
    const quotedAt = new Date(world.clock.now() + 1).toISOString()
    world.clock.advance(200_000)
    await world.tick('59000', { quotedAt })
    expect(codeOf(await replace(id, { stopPrice: '50000' }))).toBe('ORDER_NOT_REPLACEABLE')
    await expectSound()
  })
})
