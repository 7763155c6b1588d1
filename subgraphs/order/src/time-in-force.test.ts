import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { usd } from '@cnop/kit/money'
import { expireDue } from './jobs/expire-orders.ts'
import { codeOf, limit, type LimitWorld, startLimitWorld } from './testing/limit-world.ts'

let world: LimitWorld
beforeAll(async () => {
  world = await startLimitWorld()
})
afterAll(() => world.stop())
beforeEach(() => world.reset())

const inAnHour = (): string => new Date(world.clock.now() + 3_600_000).toISOString()
const whole = { available: usd('10000'), held: 0n }

describe('the time in force of a limit order', () => {
  it('is GTC, or GTD with an expiry', async () => {
    expect(await world.placed('alice_1', limit('BUY', '0.01', '60000'))).toMatchObject({
      timeInForce: 'GTC',
      expiresAt: null,
    })
    const expiresAt = inAnHour()
    for (const more of [{ expiresAt }, { expiresAt, timeInForce: 'GTD' }]) {
      expect(await world.placed('alice_1', limit('BUY', '0.01', '60000', more))).toMatchObject({
        timeInForce: 'GTD',
        expiresAt,
      })
    }
  })

  it('is the same request with and without the usual one', async () => {
    const input = limit('BUY', '0.01', '60000')
    const { id } = await world.placed('alice_1', input)
    expect((await world.placed('alice_1', { ...input, timeInForce: 'GTC' })).id).toBe(id)
    expect(codeOf(await world.send('alice_1', { ...input, timeInForce: 'DAY' }))).toBe(
      'IDEMPOTENCY_KEY_REUSED',
    )
  })

  it('ends a DAY order with its UTC day, and returns the hold', async () => {
    const day = new Date(world.clock.now()).toISOString().slice(0, 10)
    const order = await world.placed(
      'alice_1',
      limit('BUY', '0.01', '60000', { timeInForce: 'DAY' }),
    )
    const midnight = Date.parse(`${day}T00:00:00.000Z`) + 86_400_000
    expect(order).toMatchObject({
      status: 'PENDING',
      timeInForce: 'DAY',
      expiresAt: new Date(midnight).toISOString(),
    })
    world.clock.set(midnight - 1)
    expect(await expireDue(world.main.deps)).toBe(0)
    world.clock.set(midnight)
    expect(await expireDue(world.main.deps)).toBe(1)
    expect(await world.readBack('alice_1', order.id)).toMatchObject({ status: 'EXPIRED' })
    expect(await world.account('alice_1')).toMatchObject(whole)
  })

  it.each(['IOC', 'FOK'])(
    'fills an %s order at once where the market is at the limit',
    async (timeInForce) => {
      const input = limit('BUY', '0.1', '64000', { timeInForce })
      expect(await world.placed('alice_1', input)).toMatchObject({
        status: 'COMPLETED',
        timeInForce,
        total: '6400.00',
        reason: null,
      })
    },
  )

  it.each([
    ['IOC', 'an immediate or cancel order'],
    ['FOK', 'a fill or kill order'],
  ])(
    'cancels an %s order that would wait: it holds nothing and never fills',
    async (timeInForce, words) => {
      const input = limit('BUY', '0.1', '63999', { timeInForce })
      const order = await world.placed('alice_1', input)
      expect(order).toMatchObject({
        status: 'CANCELLED',
        timeInForce,
        reason: expect.stringContaining(words),
        heldCash: null,
        price: null,
        total: null,
        receipt: [],
      })
      expect(await world.account('alice_1')).toMatchObject(whole)
      expect(world.received()).toMatchObject([{ orderId: order.id, status: 'CANCELLED' }])
      await world.tick('50000')
      expect(await world.placed('alice_1', input)).toMatchObject({
        id: order.id,
        status: 'CANCELLED',
      })
      expect(await world.account('alice_1')).toMatchObject(whole)
    },
  )

  it('does not let an order that may not wait do without its funds, or trade on an old price', async () => {
    const ioc = { timeInForce: 'IOC' }
    const code = async (input: object) => codeOf(await world.send('alice_1', input))
    expect(await code(limit('SELL', '0.1', '70000', ioc))).toBe('INSUFFICIENT_HOLDINGS')
    await world.openUser('carol_1', '10')
    expect(codeOf(await world.send('carol_1', limit('BUY', '0.1', '60000', ioc)))).toBe(
      'INSUFFICIENT_FUNDS',
    )
    world.quotes.set('BTC', '64000', { quotedAt: '2026-01-01T00:00:00.000Z' })
    expect(await code(limit('BUY', '0.1', '65000', ioc))).toBe('QUOTE_STALE')
    world.quotes.remove('BTC')
  })

  it.each([
    [{ timeInForce: 'GTD' }, 'expiresAt', 'is required for GTD'],
    [{ timeInForce: 'GTC', expiresAt: '' }, 'expiresAt', 'belongs to GTD'],
    [{ timeInForce: 'DAY', expiresAt: '' }, 'expiresAt', 'belongs to GTD'],
    [{ timeInForce: 'IOC', expiresAt: '' }, 'expiresAt', 'belongs to GTD'],
    [{ timeInForce: 'FOK', expiresAt: '' }, 'expiresAt', 'belongs to GTD'],
    [
      { type: 'MARKET', limitPrice: null, timeInForce: 'IOC' },
      'timeInForce',
      'belongs to an order that waits: a market order fills at once or is refused',
    ],
  ])('refuses %j', async (terms, field, reason) => {
    const more = 'expiresAt' in terms ? { ...terms, expiresAt: inAnHour() } : terms
    const answer = await world.send('alice_1', limit('BUY', '0.01', '60000', more))
    expect(answer.errors?.[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { field, reason },
    })
    expect(await world.account('alice_1')).toMatchObject(whole)
  })
})
