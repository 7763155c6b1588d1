import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { pino } from 'pino'
import { createMemoryBus, createRedisBus, type EventBus } from './bus.ts'
import { startTestRedis, type TestRedis } from './testing/test-redis.ts'
import { currentScope, runInScope } from './tracing/scope.ts'

const log = pino({ level: 'silent' })

let redis: TestRedis
let bus: EventBus
beforeAll(async () => {
  redis = await startTestRedis()
})
afterAll(() => redis.stop())
afterEach(() => bus.close())

/** Collects messages, and waits for a number of them. */
function collect(): {
  hear: (message: string) => void
  first: (count: number) => Promise<string[]>
} {
  const heard: string[] = []
  let wake = (): void => undefined
  return {
    hear: (message) => {
      heard.push(message)
      wake()
    },
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

  it('tells every listener of a channel, in order, and nobody else', async () => {
    const [one, two, other] = [collect(), collect(), collect()]
    await bus.subscribe('prices', one.hear)
    await bus.subscribe('prices', two.hear)
    await bus.subscribe('orders', other.hear)
    for (const message of ['1', '2', '3']) await bus.publish('prices', message)
    await bus.publish('orders', 'bought')
    expect(await one.first(3)).toEqual(['1', '2', '3'])
    expect(await two.first(3)).toEqual(['1', '2', '3'])
    expect(await other.first(1)).toEqual(['bought'])
  })

  it('does not run a listener within the turn of the publisher', async () => {
    const heard = collect()
    let isPublisherDone = false
    await bus.subscribe('prices', () => {
      heard.hear(isPublisherDone ? 'after' : 'within')
    })
    const published = bus.publish('prices', '1')
    isPublisherDone = true
    await published
    expect(await heard.first(1)).toEqual(['after'])
  })

  it('does not make a listener a part of the publisher’s request', async () => {
    const heard = collect()
    await bus.subscribe('prices', () => heard.hear(currentScope()?.subgraph ?? 'nobody'))
    await runInScope({ subgraph: 'inventory' }, () => bus.publish('prices', '1'))
    expect(await heard.first(1)).toEqual(['nobody'])
  })

  it('tells a listener nothing more once it has left, and goes on telling the others', async () => {
    const [gone, stays] = [collect(), collect()]
    const leave = await bus.subscribe('prices', gone.hear)
    await bus.subscribe('prices', stays.hear)
    await bus.publish('prices', '1')
    await gone.first(1)
    leave()
    leave()
    await bus.publish('prices', '2')
    await stays.first(2)
    const again = collect()
    await bus.subscribe('prices', again.hear)
    await bus.publish('prices', '3')
    expect(await again.first(1)).toEqual(['3'])
    expect(await Promise.race([gone.first(2), Promise.resolve('nothing more')])).toBe(
      'nothing more',
    )
  })

  it('hears a channel again after its last listener has left and another has come', async () => {
    const leave = await bus.subscribe('prices', () => undefined)
    leave()
    const heard = collect()
    await bus.subscribe('prices', heard.hear)
    await bus.publish('prices', '1')
    expect(await heard.first(1)).toEqual(['1'])
  })

  it('keeps the trouble of one listener from the others', async () => {
    const heard = collect()
    await bus.subscribe('prices', () => {
      throw new Error('trouble')
    })
    await bus.subscribe('prices', heard.hear)
    await bus.publish('prices', '1')
    expect(await heard.first(1)).toEqual(['1'])
  })
})

describe('the redis bus', () => {
  it('reaches another process', async () => {
    bus = await createRedisBus(redis.url, log)
    const elsewhere = await createRedisBus(redis.url, log)
    const heard = collect()
    await elsewhere.subscribe('prices', heard.hear)
    await bus.publish('prices', '1')
    expect(await heard.first(1)).toEqual(['1'])
    await elsewhere.close()
  })

  it('survives an outage, tells of the gap, and hears again what it heard before', async () => {
    bus = await createRedisBus(redis.url, log)
    const heard = collect()
    const gaps = collect()
    await bus.subscribe('prices', { onMessage: heard.hear, onGap: () => gaps.hear('gap') })
    await bus.publish('prices', '1')
    expect(await heard.first(1)).toEqual(['1'])
    await redis.kill()
    await bus.publish('prices', 'lost')
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
    await bus.subscribe('prices', { onMessage: heard.hear, onGap: () => gaps.hear('gap') })
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
    await bus.publish('prices', message)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
