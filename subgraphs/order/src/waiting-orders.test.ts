import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { quantity, usd } from '@cnop/kit/money'
import { expireDue } from './jobs/expire-orders.ts'
import {
  cancelOrder,
  codeOf,
  limit,
  type LimitWorld,
  pick,
  startLimitWorld,
} from './testing/limit-world.ts'

let world: LimitWorld
beforeAll(async () => {
  world = await startLimitWorld()
})
afterAll(() => world.stop())
beforeEach(() => world.reset())

describe('several matchers', () => {
  it('fill each order once, whichever is first', async () => {
    const ids: string[] = []
    for (let round = 0; round < 10; round += 1) {
      ids.push((await world.placed('alice_1', limit('BUY', '0.01', '60000'))).id)
      ids.push((await world.placed('bobby_1', limit('BUY', '0.01', '60000'))).id)
    }
    world.forget()
    await world.tick('59000')
    expect(world.received()).toHaveLength(20)
    expect(new Set(world.received().map(({ orderId }) => orderId))).toEqual(new Set(ids))
    for (const username of ['alice_1', 'bobby_1']) {
      expect(await world.account(username)).toMatchObject({ available: usd('4100'), held: 0n })
      expect(await world.holding(username, 'BTC')).toMatchObject({ available: quantity('0.1') })
    }
  })

  it('find existing orders after a restart, and fill them', async () => {
    const { id } = await world.placed('alice_1', limit('BUY', '0.01', '60000'))
    await world.main.matcher!.close()
    await world.second().matcher!.close()
    world.quotes.set('BTC', '59000')
    expect(await world.readBack('alice_1', id)).toMatchObject({ status: 'PENDING' })
    await (await world.replaceSecond()).matcher!.settled()
    expect(await world.readBack('alice_1', id)).toMatchObject({
      status: 'COMPLETED',
      price: '59000',
    })
  })
})

describe('a matcher', () => {
  it('fills more orders than one run may, run by run, in their order', async () => {
    await world.second().matcher!.close()
    const slow = await world.openProcess({ ORDER_MATCH_LIMIT_PER_TICK: '2' })
    const ids: string[] = []
    for (let round = 0; round < 7; round += 1) {
      ids.push((await world.placed('alice_1', limit('BUY', '0.001', '60000'))).id)
    }
    world.forget()
    world.quotes.set('BTC', '59000')
    await slow.matcher!.settled()
    expect(world.received().map(({ orderId }) => orderId)).toEqual(ids)
    await slow.matcher!.close()
    await world.replaceSecond()
  })

  it('is not blocked by an order that cannot be filled', async () => {
    const stuck = await world.placed('alice_1', limit('BUY', '0.01', '61000'))
    const { id } = await world.placed('bobby_1', limit('BUY', '0.01', '60000'))
    await world.loseAccount('alice_1')
    await world.tick('59000')
    expect(await world.readBack('bobby_1', id)).toMatchObject({ status: 'COMPLETED' })
    expect(await world.readBack('alice_1', stuck.id)).toMatchObject({ status: 'PENDING' })
  })
})

describe('an expiry', () => {
  it('ends the wait and returns what was held, once for several processes, and never fills', async () => {
    const expiresAt = new Date(world.clock.now() + 60_000).toISOString()
    const { id } = await world.placed('alice_1', limit('BUY', '0.1', '60000', { expiresAt }))
    const lasting = await world.placed('alice_1', limit('BUY', '0.01', '50000'))
    expect(await expireDue(world.main.deps)).toBe(0)
    world.clock.advance(60_000)
    await world.tick('59000')
    expect(await world.readBack('alice_1', id)).toMatchObject({ status: 'PENDING' })
    world.forget()
    await Promise.all([expireDue(world.main.deps), expireDue(world.second().deps)])
    expect(await world.readBack('alice_1', id)).toMatchObject({ status: 'EXPIRED', heldCash: null })
    expect(world.received()).toMatchObject([
      { username: 'alice_1', orderId: id, status: 'EXPIRED' },
    ])
    expect(world.received()).toHaveLength(1)
    expect(await world.account('alice_1')).toMatchObject({ held: usd('500') })
    expect(await expireDue(world.main.deps)).toBe(0)
    expect(await world.readBack('alice_1', lasting.id)).toMatchObject({ status: 'PENDING' })
    expect(codeOf(await world.ask('alice_1', cancelOrder, { id }))).toBe('ORDER_NOT_CANCELLABLE')
  })
})

it('lets no more orders of one user wait than allowed, until one ends', async () => {
  const strict = await world.openProcess({ ORDER_MAX_OPEN: '2', ORDER_JOBS: 'false' })
  await world.openUser('dealer', '10000.00')
  const wait = (more: object = {}) =>
    world.send('dealer', limit('BUY', '0.001', '50000', more), strict)
  const { id } = pick(await wait(), 'placeOrder')
  pick(await wait(), 'placeOrder')
  const refused = await wait()
  expect(refused.errors?.[0]?.extensions).toMatchObject({
    code: 'LIMIT_REACHED',
    details: { what: 'open orders', limit: '2' },
  })
  const stop = { type: 'STOP', limitPrice: null, stopPrice: '70000' }
  expect(codeOf(await wait(stop))).toBe('LIMIT_REACHED')
  // One that fills at once does not wait.
  expect(pick(await wait({ limitPrice: '70000' }), 'placeOrder')['status']).toBe('COMPLETED')
  pick(await world.ask('dealer', cancelOrder, { id }), 'cancelOrder')
  expect(pick(await wait(), 'placeOrder')['status']).toBe('PENDING')
})
