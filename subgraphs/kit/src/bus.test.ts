import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { balancesChanged, ledgerClosed, type MessageOf } from '@cnop/schema/events'
import { Redis } from 'ioredis'
import { pino } from 'pino'
import { createMemoryBus, createRedisBus, type EventBus } from './bus.ts'
import { startRedisProcess, type RedisProcess } from './redis-process.ts'
import { currentScope, runInScope } from './tracing/scope.ts'

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
  hear: (message: string) => void
  hearUser: (message: MessageOf<typeof balancesChanged>) => void
  first: (count: number) => Promise<string[]>
} {
  const heard: string[] = []
  let wake = (): void => undefined
  const hear = (message: string): void => {
    heard.push(message)
    wake()
  }
  return {
    hear,
    hearUser: ({ username }) => hear(username),
    first: async (count) => {
      while (heard.length < count) await new Promise<void>((resolve) => (wake = resolve))
      return heard.slice(0, count)
    },
  }
}

describe.each(['memory', 'redis'])('the %s bus', (kind) => {
  beforeEach(async () => {
    bus = kind === 'memory' ? createMemoryBus(log) : await createRedisBus(redis.url, log)
  })

  it('reaches every listener of a channel, in order, and no other', async () => {
    const [one, two, other] = [collect(), collect(), collect()]
    await bus.subscribe(balancesChanged, one.hearUser)
    await bus.subscribe(balancesChanged, two.hearUser)
    await bus.subscribe(ledgerClosed, ({ reason }) => other.hear(reason))
    for (const message of ['1', '2', '3']) await bus.publish(balancesChanged, change(message))
    await bus.publish(ledgerClosed, { reason: 'closed', closedAt: 'now' })
    expect(await one.first(3)).toEqual(['1', '2', '3'])
    expect(await two.first(3)).toEqual(['1', '2', '3'])
    expect(await other.first(1)).toEqual(['closed'])
  })

  it('does not run a listener within the turn of the publisher', async () => {
    const heard = collect()
    let isPublisherDone = false
    await bus.subscribe(balancesChanged, () => {
      heard.hear(isPublisherDone ? 'after' : 'within')
    })
    const published = bus.publish(balancesChanged, change('1'))
    isPublisherDone = true
    await published
    expect(await heard.first(1)).toEqual(['after'])
  })

  it('does not make a listener a part of the publisher’s request', async () => {
    const heard = collect()
    await bus.subscribe(balancesChanged, () => heard.hear(currentScope()?.subgraph ?? 'nobody'))
    await runInScope({ subgraph: 'inventory' }, () => bus.publish(balancesChanged, change('1')))
    expect(await heard.first(1)).toEqual(['nobody'])
  })

  it('reaches no listener that has left, and still reaches the others', async () => {
    const [gone, stays] = [collect(), collect()]
    const leave = await bus.subscribe(balancesChanged, gone.hearUser)
    await bus.subscribe(balancesChanged, stays.hearUser)
    await bus.publish(balancesChanged, change('1'))
    await gone.first(1)
    leave()
    leave()
    await bus.publish(balancesChanged, change('2'))
    await stays.first(2)
    const again = collect()
    await bus.subscribe(balancesChanged, again.hearUser)
    await bus.publish(balancesChanged, change('3'))
    expect(await again.first(1)).toEqual(['3'])
    expect(await Promise.race([gone.first(2), Promise.resolve('nothing more')])).toBe(
      'nothing more',
    )
  })

  it('hears a channel again after its last listener has left and another has come', async () => {
    const leave = await bus.subscribe(balancesChanged, () => undefined)
    leave()
    const heard = collect()
    await bus.subscribe(balancesChanged, heard.hearUser)
    await bus.publish(balancesChanged, change('1'))
    expect(await heard.first(1)).toEqual(['1'])
  })

  it('keeps the trouble of one listener from the others', async () => {
    const heard = collect()
    await bus.subscribe(balancesChanged, () => {
      throw new Error('trouble')
    })
    await bus.subscribe(balancesChanged, heard.hearUser)
    await bus.publish(balancesChanged, change('1'))
    expect(await heard.first(1)).toEqual(['1'])
  })
})

describe('the redis bus', () => {
  it('drops messages that do not fit their channel', async () => {
    bus = await createRedisBus(redis.url, log)
    const heard = collect()
    await bus.subscribe(balancesChanged, heard.hearUser)
    const client = new Redis(redis.url)
    for (const text of ['', '{', '[]', '{"user":"alice"}', '{"username":1}']) {
      await client.publish(balancesChanged.name, text)
    }
    await client.quit()
    await bus.publish(balancesChanged, change('1'))
    expect(await heard.first(1)).toEqual(['1'])
  })

  it('reaches another process', async () => {
    bus = await createRedisBus(redis.url, log)
    const elsewhere = await createRedisBus(redis.url, log)
    const heard = collect()
    await elsewhere.subscribe(balancesChanged, heard.hearUser)
    await bus.publish(balancesChanged, change('1'))
    expect(await heard.first(1)).toEqual(['1'])
    await elsewhere.close()
  })

  it('survives an outage, reports the gap, and receives again what it subscribed to', async () => {
    bus = await createRedisBus(redis.url, log)
    const heard = collect()
    const gaps = collect()
    await bus.subscribe(balancesChanged, {
      onMessage: heard.hearUser,
      onGap: () => gaps.hear('gap'),
    })
    await bus.publish(balancesChanged, change('1'))
    expect(await heard.first(1)).toEqual(['1'])
    await redis.kill()
    await bus.publish(balancesChanged, change('lost'))
    await redis.restart()
    expect(await gaps.first(1)).toEqual(['gap'])
    await publishUntilHeard('2', () => heard.first(2))
    expect(await heard.first(2)).toEqual(['1', '2'])
  })

  it('starts while Redis is down, and hears from the moment it is up', async () => {
    await redis.kill()
    bus = await createRedisBus(redis.url, log)
    const heard = collect()
    const gaps = collect()
    await bus.subscribe(balancesChanged, {
      onMessage: heard.hearUser,
      onGap: () => gaps.hear('gap'),
    })
    await redis.restart()
    await gaps.first(1)
    await publishUntilHeard('1', () => heard.first(1))
    expect(await heard.first(1)).toEqual(['1'])
  })
})

/** The two connections of a bus come back one after the other, and what is published between is lost. */
async function publishUntilHeard(message: string, heard: () => Promise<unknown>): Promise<void> {
  const done = new AbortController()
  void heard().then(() => {
    done.abort()
  })
  while (!done.signal.aborted) {
    await bus.publish(balancesChanged, change(message))
    await new Promise((resolve) => setImmediate(resolve))
  }
}
