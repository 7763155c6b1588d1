import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { createMemoryBus, type EventBus } from '@cnop/kit/bus'
import { type MessageOf, ordersChanged } from '@cnop/schema/events'
import { createLog } from '@cnop/kit/log'
import { buildSchema, isObjectType, Kind, parse, validate } from 'graphql'
import { apiSchema, streamSdl } from '@cnop/schema/read'
import type { RequestContext } from '../edge/request-context.ts'
import { createAccountFeed } from './account-feed.ts'
import { createOrderReader } from './account-feeds.ts'
import type { Feed, Stream } from './feed.ts'
import { createPace } from './pace.ts'
import { compileSelection } from './selection.ts'
import { numberEvent } from './write-event.ts'

const schema = buildSchema(`${apiSchema()}\n${streamSdl()}`)
const document = parse('{ isSnapshot orders { orderId status } }')

interface OrderEvent {
  readonly isSnapshot: boolean
  readonly orders: readonly { readonly orderId: string; readonly status: string }[]
}

let bus: EventBus
let feed: Feed
/** The result of a read, and a gate that delays it. */
let found: readonly object[]
let gate: Promise<void>
const readsAtOnce = 8
let reading = 0
let mostReading = 0

beforeEach(() => {
  bus = createMemoryBus(createLog('test', { level: 'error', filePath: undefined }))
  found = []
  gate = Promise.resolve()
  feed = createAccountFeed({
    bus,
    pace: createPace({ readsAtOnce, spreadMs: 20 }),
    channelOf: ordersChanged,
    changeOf: createOrderReader(),
    read: async () => {
      const orders = found
      reading += 1
      mostReading = Math.max(mostReading, reading)
      await gate
      reading -= 1
      return { orders }
    },
    payloadOf: (orders) => ({ orders }),
  })
})
afterEach(() => bus.close())

function openReader(username: string) {
  const events: OrderEvent[] = []
  const [operation] = document.definitions
  const type = schema.getType('OrderEvent')
  if (operation?.kind !== Kind.OPERATION_DEFINITION || !isObjectType(type)) {
    throw new Error('The stream has no orders.')
  }
  const around = { fragments: new Map(), variables: {} }
  const reader = { events, isReady: true }
  const stream: Stream = {
    context: { actor: { username } } as RequestContext,
    subscription: {
      field: 'orderEvents',
      label: '"orderEvents":',
      values: {},
      selection: compileSelection(type, [operation.selectionSet], around),
    },
    isReady: () => reader.isReady,
    send: (event) => {
      const json = /^data: (.*)$/m.exec(numberEvent(event, 1))?.[1] ?? ''
      events.push((JSON.parse(json) as { data: { orderEvents: OrderEvent } }).data.orderEvents)
    },
    fail: (refusal) => {
      throw refusal
    },
  }
  return { reader, stream }
}

type Status = MessageOf<ReturnType<typeof ordersChanged>>['status']

const publish = (orderId: string, status: Status, username = 'alice'): Promise<void> =>
  bus.publish(ordersChanged(username), {
    ...{ username, orderId, status, side: 'BUY', type: 'LIMIT', assetId: 'BTC', quantity: '1' },
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
  })

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

it('reads the fields of an order event', () => {
  const text = 'subscription { orderEvents { isSnapshot orders { orderId status } } }'
  expect(validate(schema, parse(text))).toEqual([])
})

it('sends changes during the first read after the snapshot', async () => {
  const { reader, stream } = openReader('alice')
  let open = (): void => undefined
  gate = new Promise((resolve) => (open = resolve))
  found = [{ orderId: 'ord_1', status: 'PENDING' }]
  const following = feed.follow(stream)
  await publish('ord_1', 'COMPLETED')
  await publish('ord_9', 'COMPLETED', 'bob')
  await nextTurn()
  open()
  const follower = await following
  follower.flush()
  expect(reader.events).toEqual([
    { isSnapshot: true, orders: [{ orderId: 'ord_1', status: 'PENDING' }] },
    { isSnapshot: false, orders: [{ orderId: 'ord_1', status: 'COMPLETED' }] },
  ])
})

it('never reopens a finished order, in whatever order processes report', async () => {
  const { reader, stream } = openReader('alice')
  const follower = await feed.follow(stream)
  follower.flush()
  await publish('ord_1', 'COMPLETED')
  await publish('ord_1', 'PENDING')
  await nextTurn()
  expect(reader.events.slice(1)).toEqual([
    { isSnapshot: false, orders: [{ orderId: 'ord_1', status: 'COMPLETED' }] },
  ])
})

it('sends a slow reader the last state of each order, and a snapshot above the limit', async () => {
  const { reader, stream } = openReader('alice')
  const follower = await feed.follow(stream)
  follower.flush()
  reader.isReady = false
  await publish('ord_1', 'PENDING')
  await publish('ord_1', 'CANCELLED')
  await nextTurn()
  reader.isReady = true
  follower.flush()
  expect(reader.events[1]?.orders).toEqual([{ orderId: 'ord_1', status: 'CANCELLED' }])
  reader.isReady = false
  found = [{ orderId: 'ord_7', status: 'PENDING' }]
  for (let count = 0; count <= 200; count += 1) await publish(`ord_x${count}`, 'COMPLETED')
  await nextTurn()
  reader.isReady = true
  follower.flush()
  expect(reader.events.slice(2)).toEqual([
    { isSnapshot: true, orders: [{ orderId: 'ord_7', status: 'PENDING' }] },
  ])
})

it('receives nothing after it has left', async () => {
  const { reader, stream } = openReader('alice')
  const follower = await feed.follow(stream)
  follower.flush()
  follower.leave()
  await publish('ord_1', 'COMPLETED')
  await nextTurn()
  expect(reader.events).toHaveLength(1)
})

it('rereads for 600 streams after a gap, a few at a time, and each gets its snapshot', async () => {
  const streams = Array.from({ length: 600 }, (_, index) => openReader(`user_${index}`))
  for (const { stream } of streams) (await feed.follow(stream)).flush()
  expect(streams.every(({ reader }) => reader.events.length === 1)).toBe(true)
  mostReading = 0
  gate = new Promise((resolve) => setImmediate(resolve))
  found = [{ orderId: 'ord_9', status: 'COMPLETED' }]
  // A second gap while they wait causes no further reads.
  feed.renew()
  feed.renew()
  while (streams.some(({ reader }) => reader.events.length < 2)) await nextTurn()
  expect(mostReading).toBeLessThanOrEqual(readsAtOnce)
  const snapshot = { isSnapshot: true, orders: [{ orderId: 'ord_9', status: 'COMPLETED' }] }
  expect(streams.map(({ reader }) => reader.events.slice(1))).toEqual(streams.map(() => [snapshot]))
})

it('sends changes while a stream waits to reread', async () => {
  const { reader, stream } = openReader('alice')
  const follower = await feed.follow(stream)
  follower.flush()
  let open = (): void => undefined
  gate = new Promise((resolve) => (open = resolve))
  const others = Array.from({ length: readsAtOnce }, (_, index) => openReader(`user_${index}`))
  const following = others.map((other) => feed.follow(other.stream))
  feed.renew()
  await publish('ord_1', 'COMPLETED')
  await nextTurn()
  expect(reader.events.at(-1)?.orders).toEqual([{ orderId: 'ord_1', status: 'COMPLETED' }])
  open()
  await Promise.all(following)
})
