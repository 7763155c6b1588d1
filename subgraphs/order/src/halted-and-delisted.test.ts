import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { quantity, usd } from '@cnop/kit/money'
import { type MessageOf, ordersChanged } from '@cnop/schema/events'
import { expireDue } from './jobs/expire-orders.ts'
import type { OrderParts } from './server.ts'
import { type Answer, type OrderWorld, startOrderWorld } from './testing/order-world.ts'

let world: OrderWorld
let matchers: OrderParts[] = []
let count = 0
let received: MessageOf<ReturnType<typeof ordersChanged>>[] = []

const fields = 'id status reason price heldCash'
const place = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { ${fields} } } }`
const cancel = `mutation ($id: ID!) { cancelOrder(input: { orderId: $id }) { order { ${fields} } } }`
const preview = 'query ($input: PreviewOrderInput!) { previewOrder(input: $input) { refusal } }'

const order = (side: 'BUY' | 'SELL', amount: string, limitPrice?: string, more: object = {}) => ({
  ...(limitPrice === undefined ? { type: 'MARKET' } : { type: 'LIMIT', limitPrice }),
  ...{ side, assetId: 'BTC', quantity: amount, ...more },
})

const send = (input: object): Promise<Answer> =>
  world.ask('alice_1', place, {
    input: { key: `key-${String(++count).padStart(8, '0')}`, ...input },
  })

const codeOf = (answer: Answer): string | undefined => answer.errors?.[0]?.extensions.code

async function placed(input: object): Promise<string> {
  const answer = await send(input)
  expect(answer.errors).toBeUndefined()
  return (answer.data!['placeOrder'] as { order: { id: string } }).order.id
}

async function readBack(id: string) {
  const query = `query ($id: ID!) { order(id: $id) { ${fields} } }`
  return (await world.ask('alice_1', query, { id })).data!['order']
}

const settle = async (): Promise<void> => {
  for (const { matcher } of matchers) await matcher!.settled()
}

async function stopMatchers(): Promise<void> {
  for (const { matcher } of matchers) await matcher!.close()
  matchers = []
}

async function startMatchers(count: number, env: Readonly<Record<string, string>> = {}) {
  await stopMatchers()
  for (let left = count; left > 0; left -= 1) {
    matchers.push(await world.openProcess({ ORDER_JOBS: 'true', ...env }))
  }
  await settle()
}

type Facts = Parameters<OrderWorld['quotes']['set']>[2]

const usual = { isActive: true, haltedSince: undefined, delistedAt: undefined }

const tick = async (price: string, facts: Facts = {}): Promise<void> => {
  world.quotes.set('BTC', price, { ...usual, ...facts })
  await settle()
}

const now = (): string => new Date(world.clock.now()).toISOString()

beforeAll(async () => {
  // Those that match are processes of their own, so that a test decides when there is one.
  world = await startOrderWorld({ ORDER_JOBS: 'false' })
  for (const username of ['alice_1', 'bobby_1']) {
    await world.bus.subscribe(ordersChanged(username), (message) => {
      received.push(message)
    })
  }
})
afterAll(() => world.stop())
beforeEach(async () => {
  await stopMatchers()
  await world.reset()
  world.quotes.set('BTC', '50000', usual)
  await world.openUser('alice_1', '10000')
  await startMatchers(2)
  received = []
})

describe('a halted asset', () => {
  it('refuses every new order, and previews say so', async () => {
    await tick('50000', { haltedSince: now() })
    for (const input of [
      order('BUY', '0.01'),
      order('SELL', '0.01', '9'),
      order('BUY', '1', '1'),
    ]) {
      expect(codeOf(await send(input))).toBe('ASSET_HALTED')
      expect(await world.ask('alice_1', preview, { input })).toMatchObject({
        data: { previewOrder: { refusal: 'ASSET_HALTED' } },
      })
    }
    expect(await world.account('alice_1')).toMatchObject({ available: usd('10000'), held: 0n })
  })

  it('fills no waiting order, whatever its price, until it trades again', async () => {
    const buy = await placed(order('BUY', '0.01', '49000'))
    await tick('48000', { haltedSince: now() })
    expect(await readBack(buy)).toMatchObject({ status: 'PENDING' })
    await tick('48000')
    expect(await readBack(buy)).toMatchObject({ status: 'COMPLETED', price: '48000' })
  })

  it('lets its orders be cancelled, and expire', async () => {
    const expiresAt = new Date(world.clock.now() + 60_000).toISOString()
    const due = await placed(order('BUY', '0.01', '40000', { expiresAt }))
    const other = await placed(order('BUY', '0.02', '40000'))
    await tick('50000', { haltedSince: now() })
    expect((await world.ask('alice_1', cancel, { id: other })).errors).toBeUndefined()
    world.clock.advance(60_000)
    await expireDue(world.main.deps)
    expect(await readBack(due)).toMatchObject({ status: 'EXPIRED' })
    expect(await world.account('alice_1')).toMatchObject({ available: usd('10000'), held: 0n })
  })
})

describe('a delisted asset', () => {
  const delist = () => tick('50000', { isActive: false, delistedAt: now() })

  it('has its waiting orders cancelled with a reason, and what they held returned, once', async () => {
    await placed(order('BUY', '0.1'))
    const buy = await placed(order('BUY', '0.05', '40000'))
    const low = await placed(order('BUY', '0.1', '10'))
    const sale = await placed(order('SELL', '0.1', '90000'))
    expect(await world.account('alice_1')).toMatchObject({ held: usd('2001') })
    received = []
    await delist()
    for (const id of [buy, low, sale]) {
      expect(await readBack(id)).toMatchObject({
        status: 'CANCELLED',
        reason: 'BTC was delisted.',
        heldCash: null,
      })
    }
    expect(received).toHaveLength(3)
    expect(received[0]).toMatchObject({ status: 'CANCELLED', reason: 'BTC was delisted.' })
    expect(await world.account('alice_1')).toMatchObject({ available: usd('5000'), held: 0n })
    expect(await world.holding('alice_1', 'BTC')).toMatchObject({
      available: quantity('0.1'),
      held: 0n,
    })
  })

  it('has more orders cancelled than one run can hold', async () => {
    await startMatchers(1, { ORDER_MATCH_LIMIT_PER_TICK: '2' })
    const ids: string[] = []
    for (let round = 0; round < 7; round += 1) ids.push(await placed(order('BUY', '0.001', '4000')))
    await delist()
    for (const id of ids) expect(await readBack(id)).toMatchObject({ status: 'CANCELLED' })
  })

  it('is detected by a process that starts after it was delisted', async () => {
    const id = await placed(order('BUY', '0.01', '40000'))
    await stopMatchers()
    await delist()
    expect(await readBack(id)).toMatchObject({ status: 'PENDING' })
    await startMatchers(2)
    expect(await readBack(id)).toMatchObject({ status: 'CANCELLED' })
    expect(await world.account('alice_1')).toMatchObject({ available: usd('10000'), held: 0n })
  })

  it('is detected without a tick, and so are orders placed after it', async () => {
    await startMatchers(1, { ORDER_EXPIRY_INTERVAL_MS: '5' })
    const cancelled = (id: string) =>
      new Promise<void>((resolve) => {
        void world.bus.subscribe(ordersChanged('alice_1'), ({ orderId }) => {
          if (orderId === id) resolve()
        })
      })
    const gone = { isActive: false, delistedAt: now() }
    const early = await placed(order('BUY', '0.01', '40000'))
    const firstEnds = cancelled(early)
    world.quotes.alter('BTC', gone)
    await firstEnds
    world.quotes.alter('BTC', usual)
    const late = await placed(order('BUY', '0.01', '41000'))
    const lastEnds = cancelled(late)
    world.quotes.alter('BTC', gone)
    await lastEnds
    expect(await readBack(late)).toMatchObject({ status: 'CANCELLED' })
  })

  it('refuses new orders, and keeps orders through a price that is missing for a moment', async () => {
    const id = await placed(order('BUY', '0.01', '40000'))
    await tick('50000', { isActive: false })
    expect(await readBack(id)).toMatchObject({ status: 'PENDING' })
    expect(codeOf(await send(order('BUY', '0.01', '40000')))).toBe('ASSET_NOT_TRADABLE')
  })

  it('races with its owner’s cancellation, and the hold returns once', async () => {
    for (let round = 0; round < 8; round += 1) {
      await tick('50000')
      const id = await placed(order('BUY', '0.01', '40000'))
      const asking = world.ask('alice_1', cancel, { id })
      world.quotes.set('BTC', '50000', { isActive: false, delistedAt: now() })
      expect((await asking).errors).toBeUndefined()
      await settle()
      expect(await readBack(id)).toMatchObject({ status: 'CANCELLED' })
      expect(await world.account('alice_1')).toMatchObject({ available: usd('10000'), held: 0n })
    }
  })
})
