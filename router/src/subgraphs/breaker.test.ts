import { EventEmitter, once } from 'node:events'

import { describe, expect, it } from '@jest/globals'
import { type BreakerOptions, CircuitOpen, createBreaker, TooManyCalls } from './breaker.ts'

class Down extends Error {}
class Refused extends Error {}

const query = { isRepeatable: true }
const mutation = { isRepeatable: false }

function openBreaker(change: Partial<BreakerOptions> = {}) {
  const states = new EventEmitter()
  let calls = 0
  const breaker = createBreaker({
    failures: 5,
    successes: 3,
    openMs: 3_600_000,
    probeEveryMs: 3_600_000,
    callsAtOnce: 10,
    callsWaiting: 10,
    isFailure: (error) => error instanceof Down,
    isWorthAnotherTry: (error) => error instanceof Down,
    probe: () => Promise.resolve(false),
    onChange: (state) => states.emit(state),
    ...change,
  })
  const failing = async (error: Error, options = mutation): Promise<unknown> => {
    const call = (): Promise<never> => {
      calls += 1
      return Promise.reject(error)
    }
    return breaker.run(call, options).catch((seen: unknown) => seen)
  }
  const succeed = (): Promise<string> => breaker.run(() => Promise.resolve('fine'), mutation)
  return { breaker, states, failing, succeed, calls: () => calls }
}

async function failTimes(
  count: number,
  failing: (error: Error) => Promise<unknown>,
): Promise<void> {
  for (let index = 0; index < count; index++) await failing(new Down())
}

describe('createBreaker', () => {
  it('opens after five consecutive failures and makes no more calls', async () => {
    const { breaker, failing, calls } = openBreaker()
    await failTimes(4, failing)
    expect(breaker.state()).toBe('closed')
    await failTimes(1, failing)
    expect(breaker.state()).toBe('open')
    expect(await failing(new Down())).toBeInstanceOf(CircuitOpen)
    expect(calls()).toBe(5)
    breaker.close()
  })

  it('resets failures after a success, and never counts refusals of the service', async () => {
    const { breaker, failing, succeed } = openBreaker()
    await failTimes(4, failing)
    await succeed()
    await failTimes(4, failing)
    for (let index = 0; index < 20; index++) {
      expect(await failing(new Refused())).toBeInstanceOf(Refused)
    }
    expect(breaker.state()).toBe('closed')
  })

  it('retries a query once, and never a mutation', async () => {
    const { failing, calls } = openBreaker()
    await failing(new Down(), mutation)
    expect(calls()).toBe(1)
    await failing(new Down(), query)
    expect(calls()).toBe(3)
    await failing(new Refused(), query)
    expect(calls()).toBe(4)
  })

  it('allows a call after a probe, and closes after three successes', async () => {
    const { breaker, failing, succeed } = openBreaker({
      probeEveryMs: 5,
      probe: () => Promise.resolve(true),
    })
    await failTimes(5, failing)
    await untilAnswered(succeed)
    expect(breaker.state()).toBe('half-open')
    await succeed()
    expect(breaker.state()).toBe('half-open')
    await succeed()
    expect(breaker.state()).toBe('closed')
    breaker.close()
  })

  it('opens again at the first failure before the third success', async () => {
    const { breaker, failing, succeed } = openBreaker({
      probeEveryMs: 5,
      probe: () => Promise.resolve(true),
    })
    await failTimes(5, failing)
    await untilAnswered(succeed)
    await failTimes(1, failing)
    expect(breaker.state()).toBe('open')
    breaker.close()
  })

  it('stays open when a trial fails without a fault of the service', async () => {
    const { breaker, failing } = openBreaker({
      probeEveryMs: 5,
      probe: () => Promise.resolve(true),
    })
    await failTimes(5, failing)
    const refused = (): Promise<never> => Promise.reject(new Refused())
    const trial = untilAnswered(() => breaker.run(refused, mutation))
    await expect(trial).rejects.toBeInstanceOf(Refused)
    expect(breaker.state()).toBe('open')
    breaker.close()
  })

  it('does not count the failure of a call that began before it opened', async () => {
    const { breaker, failing, succeed } = openBreaker({
      probeEveryMs: 5,
      probe: () => Promise.resolve(true),
    })
    const gate = new EventEmitter()
    const hanging = async (): Promise<never> => {
      await once(gate, 'go')
      throw new Down()
    }
    const late = breaker.run(hanging, mutation)
    await failTimes(5, failing)
    await untilAnswered(succeed)
    gate.emit('go')
    await expect(late).rejects.toBeInstanceOf(Down)
    expect(breaker.state()).toBe('half-open')
    await succeed()
    await succeed()
    expect(breaker.state()).toBe('closed')
    breaker.close()
  })

  it('tries one call at a time while it is half open', async () => {
    const { breaker, failing, succeed } = openBreaker({ openMs: 1 })
    await failTimes(5, failing)
    const gate = new EventEmitter()
    const begun = once(gate, 'begun')
    const hang = (): Promise<unknown> => {
      gate.emit('begun')
      return once(gate, 'go')
    }
    const trial = untilAnswered(() => breaker.run(hang, mutation))
    await begun
    expect(breaker.state()).toBe('half-open')
    await expect(succeed()).rejects.toBeInstanceOf(CircuitOpen)
    gate.emit('go')
    await trial
    await expect(succeed()).resolves.toBe('fine')
    breaker.close()
  })

  it('refuses a call when all places and the queue are full', async () => {
    const { breaker } = openBreaker({ callsAtOnce: 1, callsWaiting: 1 })
    const gate = new EventEmitter()
    const hang = (): Promise<unknown> => breaker.run(() => once(gate, 'go'), mutation)
    const [running, waiting] = [hang(), breaker.run(() => Promise.resolve('late'), mutation)]
    await expect(hang()).rejects.toBeInstanceOf(TooManyCalls)
    gate.emit('go')
    await running
    await expect(waiting).resolves.toBe('late')
  })
})

/** Calls until the circuit lets a call through. */
async function untilAnswered<Value>(call: () => Promise<Value>): Promise<Value> {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof CircuitOpen)) throw error
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}
