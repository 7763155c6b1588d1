import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { quantity, usd } from '@cnop/kit/money'
import { verifyWithOrders } from './commands/verify-with-orders.ts'
import type { OrderParts } from './server.ts'
import {
  cancelOrder,
  codeOf,
  limit,
  type LimitWorld,
  pick,
  startLimitWorld,
} from './testing/limit-world.ts'

let world: LimitWorld
let keys = 0
beforeAll(async () => {
  world = await startLimitWorld()
})
afterAll(() => world.stop())
beforeEach(() => world.reset())

const fields = `id clientOrderId replaces replacedBy status quantity limitPrice price total heldCash
  timeInForce expiresAt receipt { kind cashHeldChange quantityHeldChange }`
const mutation = `mutation ($input: ReplaceOrderInput!) { replaceOrder(input: $input) {
  order { ${fields} } replaced { ${fields} } } }`

const input = (orderId: string, changes: object) => ({
  key: `replace-${String(++keys).padStart(6, '0')}`,
  orderId,
  ...changes,
})

const send = (request: object, username = 'alice_1', at?: OrderParts) =>
  world.ask(username, mutation, { input: request }, at)

async function replace(orderId: string, changes: object) {
  const answer = await send(input(orderId, changes))
  expect(answer.errors).toBeUndefined()
  return answer.data!['replaceOrder'] as Record<
    'order' | 'replaced',
    Record<string, unknown> & { id: string }
  >
}

/** The journal adds up, and every open order holds exactly what it should. */
async function expectSound(): Promise<void> {
  const { discrepancies } = await verifyWithOrders(
    { ...world.ledger, now: world.clock.now },
    world.main.deps.store,
  )
  expect(discrepancies).toEqual([])
}

const buy = (more: object = {}) => world.placed('alice_1', limit('BUY', '0.1', '60000', more))

async function sale() {
  await world.placed('alice_1', limit('BUY', '0.1', '64000'))
  return world.placed('alice_1', limit('SELL', '0.06', '70000'))
}

describe('replacing', () => {
  it('opens a new order that names the old one, and moves the hold of a buy in one entry', async () => {
    const old = await buy({ clientOrderId: 'first' })
    world.forget()
    const { order, replaced } = await replace(old.id, {
      quantity: '0.05',
      limitPrice: '50000',
      clientOrderId: 'second',
    })
    expect(order).toMatchObject({
      clientOrderId: 'second',
      replaces: old.id,
      replacedBy: null,
      status: 'PENDING',
      quantity: '0.05',
      limitPrice: '50000',
      heldCash: '2500.00',
      timeInForce: 'GTC',
      receipt: [{ kind: 'REPLACE', cashHeldChange: '-3500.00' }],
    })
    expect(replaced).toMatchObject({
      id: old.id,
      clientOrderId: 'first',
      replacedBy: order.id,
      status: 'CANCELLED',
      quantity: '0.1',
      heldCash: null,
      receipt: [
        { kind: 'HOLD', cashHeldChange: '6000.00' },
        { kind: 'REPLACE', cashHeldChange: '-3500.00' },
      ],
    })
    expect(await world.account('alice_1')).toMatchObject({
      available: usd('7500'),
      held: usd('2500'),
    })
    expect(world.received()).toMatchObject([
      { orderId: old.id, status: 'CANCELLED', replacedBy: order.id },
      { orderId: order.id, status: 'PENDING', replaces: old.id },
    ])
    await expectSound()
    await world.tick('49000')
    expect(await world.readBack('alice_1', order.id)).toMatchObject({ total: '2450.00' })
    expect(await world.readBack('alice_1', old.id)).toMatchObject({ status: 'CANCELLED' })
    expect(await world.account('alice_1')).toMatchObject({ available: usd('7550'), held: 0n })
    await expectSound()
  })

  it('moves the hold of a sale, also into all that the user has', async () => {
    const old = await sale()
    const { order } = await replace(old.id, { quantity: '0.1' })
    expect(order).toMatchObject({ quantity: '0.1', limitPrice: '70000' })
    expect(await world.holding('alice_1', 'BTC')).toMatchObject({
      available: 0n,
      held: quantity('0.1'),
    })
    expect(codeOf(await send(input(order.id, { quantity: '0.10000001' })))).toBe(
      'INSUFFICIENT_HOLDINGS',
    )
    await expectSound()
    await world.tick('71000')
    expect(await world.readBack('alice_1', order.id)).toMatchObject({ total: '7100.00' })
    expect(await world.holding('alice_1', 'BTC')).toBeUndefined()
    await expectSound()
  })

  it.each([
    ['more', '0.15', '9600.00', usd('400')],
    ['less', '0.01', '640.00', usd('9360')],
  ])(
    'fills a buy of %s at once when the market meets the new limit',
    async (_, amount, total, left) => {
      const old = await buy()
      const { order, replaced } = await replace(old.id, { quantity: amount, limitPrice: '65000' })
      expect(order).toMatchObject({ status: 'COMPLETED', total, receipt: [{ kind: 'BUY' }] })
      // What ended its hold is the trade of the other order, and not its own.
      expect(replaced).toMatchObject({
        ...{ status: 'CANCELLED', replacedBy: order.id, receipt: [{ kind: 'HOLD' }] },
      })
      expect(await world.account('alice_1')).toMatchObject({ available: left, held: 0n })
      await expectSound()
    },
  )

  it.each(['0.1', '0.02'])(
    'fills a sale of %s at once when the market meets it',
    async (amount) => {
      const old = await sale()
      const { order, replaced } = await replace(old.id, { quantity: amount, limitPrice: '60000' })
      expect(order).toMatchObject({ status: 'COMPLETED', receipt: [{ kind: 'SELL' }] })
      expect(replaced['receipt']).toMatchObject([{ kind: 'HOLD' }])
      const left = await world.holding('alice_1', 'BTC')
      expect(left?.held ?? 0n).toBe(0n)
      expect(left?.available ?? 0n).toBe(quantity('0.1') - quantity(amount))
      await expectSound()
    },
  )

  it('changes how long an order waits, and keeps it otherwise', async () => {
    const expiresAt = new Date(world.clock.now() + 60_000).toISOString()
    const { id } = await buy({ expiresAt })
    const moved = await replace(id, { limitPrice: '59000' })
    expect(moved.order).toMatchObject({ timeInForce: 'GTD', expiresAt })
    const lasting = await replace(moved.order.id, { timeInForce: 'GTC' })
    expect(lasting.order).toMatchObject({ timeInForce: 'GTC', expiresAt: null })
    const daily = await replace(lasting.order.id, { timeInForce: 'DAY' })
    const end = daily.order['expiresAt']
    expect((await replace(daily.order.id, { quantity: '0.02' })).order).toMatchObject({
      timeInForce: 'DAY',
      expiresAt: end,
    })
    await expectSound()
  })

  it('returns the same result for the same key, and refuses the key for another change', async () => {
    const { id } = await buy()
    const request = input(id, { limitPrice: '59000' })
    const first = await send(request)
    expect(first.errors).toBeUndefined()
    expect(await send(request, 'alice_1', world.second())).toEqual(first)
    expect(codeOf(await send({ ...request, limitPrice: '58000' }))).toBe('IDEMPOTENCY_KEY_REUSED')
    expect(await world.account('alice_1')).toMatchObject({ held: usd('5900') })
  })

  it('is refused for orders that have ended or belong to others, and changes nothing', async () => {
    const done = await world.placed('alice_1', limit('BUY', '0.01', '64000'))
    const expiresAt = new Date(world.clock.now() + 1_000).toISOString()
    const due = await world.placed('alice_1', limit('BUY', '0.01', '60000', { expiresAt }))
    const gone = await buy()
    pick(await world.ask('alice_1', cancelOrder, { id: gone.id }), 'cancelOrder')
    world.clock.advance(1_000)
    const before = await world.account('alice_1')
    const refused = async (id: string, username?: string) =>
      (await send(input(id, { limitPrice: '1' }), username)).errors?.[0]?.extensions
    const details = (orderId: string, status: string) => ({
      code: 'ORDER_NOT_REPLACEABLE',
      details: { orderId, status },
    })
    expect(await refused(done.id)).toMatchObject(details(done.id, 'COMPLETED'))
    expect(await refused(due.id)).toMatchObject(details(due.id, 'EXPIRED'))
    expect(await refused(gone.id)).toMatchObject(details(gone.id, 'CANCELLED'))
    expect(await refused(done.id, 'bobby_1')).toMatchObject({ code: 'ORDER_NOT_FOUND' })
    expect(await world.account('alice_1')).toEqual(before)
  })

  it('leaves the open order as it is when the new one is refused', async () => {
    const old = await buy({ clientOrderId: 'mine' })
    const before = await world.account('alice_1')
    const code = async (changes: object) => codeOf(await send(input(old.id, changes)))
    expect(await code({ quantity: '0.2' })).toBe('ORDER_TOO_LARGE')
    expect(await code({ quantity: '0.000001' })).toBe('ORDER_TOO_SMALL')
    expect(await code({ limitPrice: '1', clientOrderId: 'mine' })).toBe('CLIENT_ORDER_ID_USED')
    expect(await code({ expiresAt: '2020-01-01T00:00:00.000Z' })).toBe('BAD_USER_INPUT')
    world.quotes.set('BTC', '64000', { haltedSince: new Date(world.clock.now()).toISOString() })
    expect(await code({ limitPrice: '1' })).toBe('ASSET_HALTED')
    world.quotes.remove('BTC')
    await world.tick('64000')
    await world.placed('alice_1', limit('BUY', '0.06', '60000'))
    expect(await code({ quantity: '0.155' })).toBe('INSUFFICIENT_FUNDS')
    expect(await world.readBack('alice_1', old.id)).toMatchObject({ status: 'PENDING' })
    expect(await world.account('alice_1')).toMatchObject({ held: before.held + usd('3600') })
    await expectSound()
  })

  it.each([
    [{}, 'quantity'],
    [{ clientOrderId: 'only a name' }, 'quantity'],
    [{ quantity: '0' }, 'quantity'],
    [{ limitPrice: '0' }, 'limitPrice'],
    [{ limitPrice: '1000000.01' }, 'limitPrice'],
    [{ timeInForce: 'IOC' }, 'timeInForce'],
    [{ timeInForce: 'FOK' }, 'timeInForce'],
    [{ timeInForce: 'GTD' }, 'expiresAt'],
    [{ timeInForce: 'DAY', expiresAt: '2026-01-09T00:00:00.000Z' }, 'expiresAt'],
    [{ limitPrice: '1', key: 'short' }, 'key'],
    [{ limitPrice: '1', orderId: '!' }, 'orderId'],
  ])('refuses %j by its form', async (changes, field) => {
    const answer = await send(input('ord_0000000000', changes))
    expect(answer.errors?.[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { field },
    })
  })

  it('counts as no further open order', async () => {
    const strict = await world.openProcess({ ORDER_MAX_OPEN: '1', ORDER_JOBS: 'false' })
    const { id } = await buy()
    const answer = await send(input(id, { limitPrice: '59000' }), 'alice_1', strict)
    expect(answer.errors).toBeUndefined()
  })

  it('races with a fill: the old order fills or the new one is open, never both and never neither', async () => {
    const outcomes = new Set<string>()
    for (let round = 0; round < 12; round += 1) {
      await world.tick('64000')
      const old = await world.placed('alice_1', limit('BUY', '0.001', '60000'))
      const early = round % 2 === 0
      if (early) world.quotes.set('BTC', '59000')
      const replacing = send(input(old.id, { limitPrice: '50000' }), 'alice_1', world.second())
      if (!early) world.quotes.set('BTC', '59000')
      const answer = await replacing
      await world.settle()
      const { status, replacedBy } = await world.readBack('alice_1', old.id)
      outcomes.add(String(status))
      if (status === 'COMPLETED') {
        expect([codeOf(answer), replacedBy]).toEqual(['ORDER_NOT_REPLACEABLE', null])
        continue
      }
      const { order } = answer.data!['replaceOrder'] as { order: { id: string } }
      expect([status, replacedBy]).toEqual(['CANCELLED', order.id])
      expect(await world.readBack('alice_1', order.id)).toMatchObject({ status: 'PENDING' })
      pick(await world.ask('alice_1', cancelOrder, { id: order.id }), 'cancelOrder')
    }
    expect(await world.account('alice_1')).toMatchObject({ held: 0n })
    await expectSound()
  })

  it('races with other replacements and a cancellation: one of them ends the order', async () => {
    const old = await buy()
    const answers = await Promise.all([
      send(input(old.id, { limitPrice: '50000' })),
      send(input(old.id, { limitPrice: '40000' }), 'alice_1', world.second()),
      world.ask('alice_1', cancelOrder, { id: old.id }, world.second()),
    ])
    const replacements = answers.slice(0, 2).filter(({ errors }) => !errors)
    const { replacedBy } = await world.readBack('alice_1', old.id)
    expect(replacements.length).toBe(replacedBy === null ? 0 : 1)
    const { held } = await world.account('alice_1')
    expect([0n, usd('5000'), usd('4000')]).toContain(held)
    await expectSound()
  })
})
