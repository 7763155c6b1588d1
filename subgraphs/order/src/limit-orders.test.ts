import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { quantity, usd } from '@cnop/kit/money'
import { ordersChanged } from '@cnop/schema/events'
import { expireDue } from './jobs/expire-orders.ts'
import type { OrderParts } from './server.ts'
import { type Answer, type OrderWorld, startOrderWorld } from './testing/order-world.ts'

let world: OrderWorld
let second: OrderParts
let count = 0
let received: { username: string; orderId: string; status: string }[] = []

const fields = `id status limitPrice price total fee heldCash expiresAt
  receipt { kind cashChange cashHeldChange quantityChange quantityHeldChange }`
const place = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { ${fields} } } }`
const cancel = `mutation ($id: ID!) { cancelOrder(input: { orderId: $id }) { order { ${fields} } } }`
const read = `query ($id: ID!) { order(id: $id) { ${fields} } }`

const limit = (side: 'BUY' | 'SELL', amount: string, limitPrice: string, more: object = {}) => ({
  key: `key-${String(++count).padStart(8, '0')}`,
  side,
  type: 'LIMIT',
  assetId: 'BTC',
  quantity: amount,
  limitPrice,
  ...more,
})

const send = (username: string, input: object, at?: OrderParts): Promise<Answer> =>
  world.ask(username, place, { input }, at)

const pick = (answer: Answer, field: string) => {
  expect(answer.errors).toBeUndefined()
  const value = answer.data![field] as Record<string, unknown>
  return (value['order'] ?? value) as Record<string, unknown> & { id: string }
}

const placed = async (username: string, input: object) =>
  pick(await send(username, input), 'placeOrder')

const readBack = async (username: string, id: string) =>
  pick(await world.ask(username, read, { id }), 'order')

const codeOf = (answer: Answer): string | undefined => answer.errors?.[0]?.extensions.code

const settle = async (): Promise<void> => {
  await world.main.matcher!.settled()
  await second.matcher!.settled()
}

const tick = async (price: string): Promise<void> => {
  world.quotes.set('BTC', price)
  await settle()
}

beforeAll(async () => {
  world = await startOrderWorld({ ORDER_MATCH_REFRESH_MS: '1000' })
  second = await world.openProcess()
  await world.bus.subscribe(ordersChanged, (message) => {
    received.push(message)
  })
})
afterAll(() => world.stop())
beforeEach(async () => {
  await settle()
  await world.reset()
  // Invalidates what the matchers cached of the previous tables.
  world.clock.advance(2_000)
  await tick('64000')
  await world.openUser('alice_1', '10000')
  await world.openUser('bobby_1', '10000')
  received = []
})

describe('a limit order', () => {
  it('holds the cash of a buy, fills at the market price and returns what it did not need', async () => {
    const order = await placed('alice_1', limit('BUY', '0.1', '60000'))
    expect(order).toMatchObject({ status: 'PENDING', heldCash: '6000.00', price: null })
    expect(await world.account('alice_1')).toMatchObject({
      available: usd('4000'),
      held: usd('6000'),
    })
    await tick('60000.01')
    expect(await readBack('alice_1', order.id)).toMatchObject({ status: 'PENDING' })
    await tick('59000')
    expect(await readBack('alice_1', order.id)).toMatchObject({
      status: 'COMPLETED',
      price: '59000',
      total: '5900.00',
      heldCash: null,
      receipt: [
        { kind: 'HOLD', cashChange: '0.00', cashHeldChange: '6000.00' },
        { kind: 'BUY', cashChange: '-5900.00', cashHeldChange: '-6000.00', quantityChange: '0.1' },
      ],
    })
    expect(await world.account('alice_1')).toMatchObject({ available: usd('4100'), held: 0n })
    expect(received.map(({ status }) => status)).toEqual(['PENDING', 'COMPLETED'])
  })

  it('holds the asset of a sale, and sells it at the market price', async () => {
    await placed('alice_1', { ...limit('BUY', '0.1', '64000') })
    const order = await placed('alice_1', limit('SELL', '0.1', '70000'))
    expect(order).toMatchObject({ status: 'PENDING', heldCash: null })
    expect(await world.holding('alice_1', 'BTC')).toMatchObject({
      available: 0n,
      held: quantity('0.1'),
    })
    expect(codeOf(await send('alice_1', limit('SELL', '0.1', '80000')))).toBe(
      'INSUFFICIENT_HOLDINGS',
    )
    await tick('71000')
    expect(await readBack('alice_1', order.id)).toMatchObject({
      status: 'COMPLETED',
      total: '7100.00',
      receipt: [{ quantityHeldChange: '0.1' }, { quantityHeldChange: '-0.1' }],
    })
    expect(await world.holding('alice_1', 'BTC')).toBeUndefined()
    expect(await world.account('alice_1')).toMatchObject({ available: usd('10700') })
  })

  it('fills at once when the market already meets it', async () => {
    const order = await placed('alice_1', limit('BUY', '0.1', '65000'))
    expect(order).toMatchObject({ status: 'COMPLETED', price: '64000', total: '6400.00' })
  })

  it('waits when the matching price is too old, and fills on the next one', async () => {
    world.quotes.set('BTC', '64000', { quotedAt: '2026-01-01T00:00:00.000Z' })
    const order = await placed('alice_1', limit('BUY', '0.1', '65000'))
    expect(order).toMatchObject({ status: 'PENDING', heldCash: '6500.00' })
    world.quotes.remove('BTC')
    await tick('64000')
    expect(await readBack('alice_1', order.id)).toMatchObject({ status: 'COMPLETED' })
  })

  it('caps the value by the higher of limit and market, at placement only', async () => {
    expect(codeOf(await send('alice_1', limit('SELL', '0.2', '1')))).toBe('ORDER_TOO_LARGE')
    expect(codeOf(await send('alice_1', limit('BUY', '0.2', '50000.01')))).toBe('ORDER_TOO_LARGE')
    await placed('alice_1', limit('BUY', '0.15', '64000'))
    const sale = await placed('alice_1', limit('SELL', '0.15', '66000'))
    await tick('90000')
    expect(await readBack('alice_1', sale.id)).toMatchObject({
      status: 'COMPLETED',
      total: '13500.00',
    })
  })

  it('refuses an invalid limit, and an expiry that is past or too far ahead', async () => {
    const refused = async (input: object) => codeOf(await send('alice_1', input))
    expect(await refused({ ...limit('BUY', '0.1', '1'), limitPrice: null })).toBe('BAD_USER_INPUT')
    expect(await refused(limit('BUY', '0.1', '0'))).toBe('BAD_USER_INPUT')
    expect(await refused(limit('BUY', '0.1', '1000000.01'))).toBe('BAD_USER_INPUT')
    expect(await refused(limit('BUY', '0.1', '1', { worstPrice: '5' }))).toBe('BAD_USER_INPUT')
    const at = (ms: number) => ({ expiresAt: new Date(world.clock.now() + ms).toISOString() })
    expect(await refused(limit('BUY', '0.1', '1', at(0)))).toBe('BAD_USER_INPUT')
    expect(await refused(limit('BUY', '0.1', '1', at(366 * 86_400_000)))).toBe('BAD_USER_INPUT')
    expect(await refused(limit('BUY', '0.1', '1', { assetId: 'NONE' }))).toBe('ASSET_NOT_FOUND')
    expect(await refused(limit('BUY', '0.15', '60000'))).toBeUndefined()
    expect(await refused(limit('BUY', '0.15', '60000'))).toBe('INSUFFICIENT_FUNDS')
  })

  it('fills by price first and by age within a price', async () => {
    const a = await placed('alice_1', limit('BUY', '0.01', '60000'))
    const b = await placed('bobby_1', limit('BUY', '0.01', '61000'))
    const c = await placed('bobby_1', limit('BUY', '0.01', '60000'))
    const d = await placed('alice_1', limit('BUY', '0.01', '59000'))
    await second.matcher!.close()
    received = []
    await tick('60000')
    expect(received.map(({ orderId }) => orderId)).toEqual([b.id, a.id, c.id])
    expect(await readBack('alice_1', d.id)).toMatchObject({ status: 'PENDING' })
    second = await world.openProcess()
  })
})

describe('cancelling', () => {
  it('returns the hold, and returns the same result when repeated', async () => {
    const buy = await placed('alice_1', limit('BUY', '0.1', '60000'))
    const answer = await world.ask('alice_1', cancel, { id: buy.id })
    expect(pick(answer, 'cancelOrder')).toMatchObject({ status: 'CANCELLED', heldCash: null })
    expect(await world.ask('alice_1', cancel, { id: buy.id })).toEqual(answer)
    expect(await world.account('alice_1')).toMatchObject({ available: usd('10000'), held: 0n })
    await placed('alice_1', limit('BUY', '0.1', '64000'))
    const sale = await placed('alice_1', limit('SELL', '0.1', '70000'))
    pick(await world.ask('alice_1', cancel, { id: sale.id }), 'cancelOrder')
    expect(await world.holding('alice_1', 'BTC')).toMatchObject({ available: quantity('0.1') })
    await tick('71000')
    expect(await readBack('alice_1', sale.id)).toMatchObject({ status: 'CANCELLED' })
  })

  it('is refused for a filled order, and finds no order of another user', async () => {
    const done = await placed('alice_1', limit('BUY', '0.01', '64000'))
    const open = await placed('alice_1', limit('BUY', '0.01', '60000'))
    const code = async (who: string, id: string) => codeOf(await world.ask(who, cancel, { id }))
    expect(await code('alice_1', done.id)).toBe('ORDER_NOT_CANCELLABLE')
    expect(await code('bobby_1', open.id)).toBe('ORDER_NOT_FOUND')
    expect(await code('alice_1', 'ord_999999')).toBe('ORDER_NOT_FOUND')
    expect(await code('alice_1', 'no id')).toBe('BAD_USER_INPUT')
    expect(codeOf(await world.ask('bobby_1', read, { id: open.id }))).toBe('ORDER_NOT_FOUND')
  })

  it('races with a fill, and exactly one of them succeeds', async () => {
    const outcomes = new Set<string>()
    for (let round = 0; round < 12; round += 1) {
      await tick('64000')
      const { id } = await placed('alice_1', limit('BUY', '0.001', '60000'))
      const early = round % 2 === 0
      if (early) world.quotes.set('BTC', '59000')
      const answering = world.ask('alice_1', cancel, { id }, second)
      if (!early) world.quotes.set('BTC', '59000')
      const answer = await answering
      await settle()
      const { status } = await readBack('alice_1', id)
      expect(codeOf(answer)).toBe(status === 'CANCELLED' ? undefined : 'ORDER_NOT_CANCELLABLE')
      outcomes.add(String(status))
    }
    expect([...outcomes].every((status) => ['CANCELLED', 'COMPLETED'].includes(status))).toBe(true)
    expect(await world.account('alice_1')).toMatchObject({ held: 0n })
  })
})

describe('several matchers', () => {
  it('fill each order once, whichever is first', async () => {
    const ids: string[] = []
    for (let round = 0; round < 10; round += 1) {
      ids.push((await placed('alice_1', limit('BUY', '0.01', '60000'))).id)
      ids.push((await placed('bobby_1', limit('BUY', '0.01', '60000'))).id)
    }
    received = []
    await tick('59000')
    expect(received).toHaveLength(20)
    expect(new Set(received.map(({ orderId }) => orderId))).toEqual(new Set(ids))
    for (const username of ['alice_1', 'bobby_1']) {
      expect(await world.account(username)).toMatchObject({ available: usd('4100'), held: 0n })
      expect(await world.holding(username, 'BTC')).toMatchObject({ available: quantity('0.1') })
    }
  })

  it('find existing orders after a restart, and fill them', async () => {
    const { id } = await placed('alice_1', limit('BUY', '0.01', '60000'))
    await world.main.matcher!.close()
    await second.matcher!.close()
    world.quotes.set('BTC', '59000')
    expect(await readBack('alice_1', id)).toMatchObject({ status: 'PENDING' })
    second = await world.openProcess()
    await second.matcher!.settled()
    expect(await readBack('alice_1', id)).toMatchObject({ status: 'COMPLETED', price: '59000' })
  })
})

describe('a matcher', () => {
  it('fills more orders than one run may, run by run, in their order', async () => {
    await second.matcher!.close()
    const slow = await world.openProcess({ ORDER_MATCH_LIMIT_PER_TICK: '2' })
    const ids: string[] = []
    for (let round = 0; round < 7; round += 1) {
      ids.push((await placed('alice_1', limit('BUY', '0.001', '60000'))).id)
    }
    received = []
    world.quotes.set('BTC', '59000')
    await slow.matcher!.settled()
    expect(received.map(({ orderId }) => orderId)).toEqual(ids)
    await slow.matcher!.close()
    second = await world.openProcess()
  })

  it('is not blocked by an order that cannot be filled', async () => {
    const stuck = await placed('alice_1', limit('BUY', '0.01', '61000'))
    const { id } = await placed('bobby_1', limit('BUY', '0.01', '60000'))
    await world.loseAccount('alice_1')
    await tick('59000')
    expect(await readBack('bobby_1', id)).toMatchObject({ status: 'COMPLETED' })
    expect(await readBack('alice_1', stuck.id)).toMatchObject({ status: 'PENDING' })
  })
})

describe('an expiry', () => {
  it('ends the wait and returns what was held, once for several processes, and never fills', async () => {
    const expiresAt = new Date(world.clock.now() + 60_000).toISOString()
    const { id } = await placed('alice_1', limit('BUY', '0.1', '60000', { expiresAt }))
    const lasting = await placed('alice_1', limit('BUY', '0.01', '50000'))
    expect(await expireDue(world.main.deps)).toBe(0)
    world.clock.advance(60_000)
    await tick('59000')
    expect(await readBack('alice_1', id)).toMatchObject({ status: 'PENDING' })
    received = []
    await Promise.all([expireDue(world.main.deps), expireDue(second.deps)])
    expect(await readBack('alice_1', id)).toMatchObject({ status: 'EXPIRED', heldCash: null })
    expect(received).toMatchObject([{ username: 'alice_1', orderId: id, status: 'EXPIRED' }])
    expect(received).toHaveLength(1)
    expect(await world.account('alice_1')).toMatchObject({ held: usd('500') })
    expect(await expireDue(world.main.deps)).toBe(0)
    expect(await readBack('alice_1', lasting.id)).toMatchObject({ status: 'PENDING' })
    expect(codeOf(await world.ask('alice_1', cancel, { id }))).toBe('ORDER_NOT_CANCELLABLE')
  })
})

it('lets no more orders of one user wait than allowed, until one ends', async () => {
  const strict = await world.openProcess({ ORDER_MAX_OPEN: '2', ORDER_JOBS: 'false' })
  await world.openUser('dealer', '10000.00')
  const wait = (more: object = {}) => send('dealer', limit('BUY', '0.001', '50000', more), strict)
  const { id } = pick(await wait(), 'placeOrder')
  pick(await wait(), 'placeOrder')
  const refused = await wait()
  expect(refused.errors?.[0]?.extensions).toMatchObject({
    code: 'LIMIT_REACHED',
    details: { what: 'open orders', limit: '2' },
  })
  // One that fills at once does not wait.
  expect(pick(await wait({ limitPrice: '70000' }), 'placeOrder')['status']).toBe('COMPLETED')
  pick(await world.ask('dealer', cancel, { id }), 'cancelOrder')
  expect(pick(await wait(), 'placeOrder')['status']).toBe('PENDING')
})
