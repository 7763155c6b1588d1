import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { balancesChanged, ledgerClosed, type MessageOf } from '@cnop/schema/events'
import { Redis } from 'ioredis'
import { pino } from 'pino'
import { createMemoryBus, createRedisBus, type EventBus } from './bus.ts'
import { startRedisProcess, type RedisProcess } from './redis-process.ts'
import { currentScope, runInScope } from './tracing/scope.ts'

const channel = balancesChanged('ada_1')
const log = pino({ level: 'silent' })

let redis: RedisProcess
let bus: EventBus
beforeAll(async () => {
  redis = await startRedisProcess()
})
afterAll(() => redis.stop())
afterEach(() => bus.close())

const change = (username: string) => ({ username })

/** Collects messages, and waits for a number of them. */
function collect(): {
  add: (message: string) => void
  addUser: (message: MessageOf<typeof channel>) => void
  first: (count: number) => Promise<string[]>
} {
  const received: string[] = []
  let notify = (): void => undefined
  const add = (message: string): void => {
    received.push(message)
    notify()
  }
  return {
    add,
    addUser: ({ username }) => add(username),
    first: async (count) => {
      while (received.length < count) await new Promise<void>((resolve) => (notify = resolve))
      return received.slice(0, count)
    },
  }
}

describe.each(['memory', 'redis'])('the %s bus', (kind) => {
  beforeEach(async () => {
    bus = kind === 'memory' ? createMemoryBus(log) : await createRedisBus(redis.url, log)
  })

  it('reaches every listener of a channel, in order, and no other', async () => {
    const [one, two, other] = [collect(), collect(), collect()]
    await bus.subscribe(channel, one.addUser)
    await bus.subscribe(channel, two.addUser)
    await bus.subscribe(ledgerClosed, ({ reason }) => other.add(reason))
    for (const message of ['1', '2', '3']) await bus.publish(channel, change(message))
    await bus.publish(ledgerClosed, { reason: 'closed', closedAt: 'now' })
    expect(await one.first(3)).toEqual(['1', '2', '3'])
    expect(await two.first(3)).toEqual(['1', '2', '3'])
    expect(await other.first(1)).toEqual(['closed'])
  })

  it('runs listeners after the publisher’s turn', async () => {
    const received = collect()
    let isPublisherDone = false
    await bus.subscribe(channel, () => {
      received.add(isPublisherDone ? 'after' : 'within')
    })
    const published = bus.publish(channel, change('1'))
    isPublisherDone = true
    await published
    expect(await received.first(1)).toEqual(['after'])
  })

  it('does not make a listener a part of the publisher’s request', async () => {
    const received = collect()
    await bus.subscribe(channel, () => received.add(currentScope()?.subgraph ?? 'nobody'))
    await runInScope({ subgraph: 'inventory' }, () => bus.publish(channel, change('1')))
    expect(await received.first(1)).toEqual(['nobody'])
  })

  it('reaches no listener that has left, and still reaches the others', async () => {
    const [gone, stays] = [collect(), collect()]
    const leave = await bus.subscribe(channel, gone.addUser)
    await bus.subscribe(channel, stays.addUser)
    await bus.publish(channel, change('1'))
    await gone.first(1)
    leave()
    leave()
    await bus.publish(channel, change('2'))
    await stays.first(2)
    const again = collect()
    await bus.subscribe(channel, again.addUser)
    await bus.publish(channel, change('3'))
    expect(await again.first(1)).toEqual(['3'])
    expect(await Promise.race([gone.first(2), Promise.resolve('nothing more')])).toBe(
      'nothing more',
    )
  })

  it('subscribes again after the last listener has left and another has joined', async () => {
    const leave = await bus.subscribe(channel, () => undefined)
    leave()
    const received = collect()
    await bus.subscribe(channel, received.addUser)
    await bus.publish(channel, change('1'))
    expect(await received.first(1)).toEqual(['1'])
  })

  it('isolates listeners from each other’s errors', async () => {
    const received = collect()
    await bus.subscribe(channel, () => {
      throw new Error('trouble')
    })
    await bus.subscribe(channel, received.addUser)
    await bus.publish(channel, change('1'))
    expect(await received.first(1)).toEqual(['1'])
  })
})

describe('the redis bus', () => {
  it('drops messages that do not fit their channel', async () => {
    bus = await createRedisBus(redis.url, log)
    const received = collect()
    await bus.subscribe(channel, received.addUser)
    const client = new Redis(redis.url)
    for (const text of ['', '{', '[]', '{"user":"alice"}', '{"username":1}']) {
      await client.publish(channel.name, text)
    }
    await client.quit()
    await bus.publish(channel, change('1'))
    expect(await received.first(1)).toEqual(['1'])
  })

  it('reaches another process', async () => {
    bus = await createRedisBus(redis.url, log)
    const elsewhere = await createRedisBus(redis.url, log)
    const received = collect()
    await elsewhere.subscribe(channel, received.addUser)
    await bus.publish(channel, change('1'))
    expect(await received.first(1)).toEqual(['1'])
    await elsewhere.close()
  })

  it('survives an outage, reports the gap, and receives again what it subscribed to', async () => {
    bus = await createRedisBus(redis.url, log)
    const received = collect()
    const gaps = collect()
    await bus.subscribe(channel, {
      onMessage: received.addUser,
      onGap: () => gaps.add('gap'),
    })
    await bus.publish(channel, change('1'))
    expect(await received.first(1)).toEqual(['1'])
    await redis.kill()
    await bus.publish(channel, change('lost'))
    await redis.restart()
    expect(await gaps.first(1)).toEqual(['gap'])
    await publishUntilReceived('2', () => received.first(2))
    expect(await received.first(2)).toEqual(['1', '2'])
  })

  it('starts while Redis is down, and receives messages once it is up', async () => {
    await redis.kill()
    bus = await createRedisBus(redis.url, log)
    const received = collect()
    const gaps = collect()
    await bus.subscribe(channel, {
      onMessage: received.addUser,
      onGap: () => gaps.add('gap'),
    })
    await redis.restart()
    await gaps.first(1)
    await publishUntilReceived('1', () => received.first(1))
    expect(await received.first(1)).toEqual(['1'])
  })
})

/** The two connections of a bus recover one after the other; messages published in between are lost. */
async function publishUntilReceived(
  message: string,
  received: () => Promise<unknown>,
): Promise<void> {
  const done = new AbortController()
  void received().then(() => {
    done.abort()
  })
  while (!done.signal.aborted) {
    await bus.publish(channel, change(message))
    await new Promise((resolve) => setImmediate(resolve))
  }
}
