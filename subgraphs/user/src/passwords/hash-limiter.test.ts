import { afterEach, describe, expect, it } from '@jest/globals'
import { createHashLimiter, type HashLimiterOptions } from './hash-limiter.ts'

const options: HashLimiterOptions = {
  atOnce: 2,
  atOncePerAddress: 1,
  waiting: 10,
  waitingPerAddress: 3,
  waitMs: 60_000,
}

const overloaded = { code: 'OVERLOADED', details: { retryAfterSeconds: '1' } }

const finishAll: (() => Promise<unknown>)[] = []
// A waiting call would be refused a minute later, during another suite of the same worker.
afterEach(() => Promise.all(finishAll.splice(0).map((finish) => finish())))

/** Calls that record when they begin, and end on demand. */
function openCalls(change: Partial<HashLimiterOptions> = {}) {
  const limiter = createHashLimiter({ ...options, ...change })
  const begun: string[] = []
  const endings = new Map<string, () => void>()
  const calls: Promise<string>[] = []
  let isOver = false
  const call = (address: string | undefined, name: string): Promise<string> => {
    const result = limiter(address, async () => {
      begun.push(name)
      if (!isOver) await new Promise<void>((resolve) => endings.set(name, resolve))
      return name
    })
    calls.push(result)
    return result
  }
  finishAll.push(() => {
    isOver = true
    endings.forEach((end) => end())
    return Promise.allSettled(calls)
  })
  return { begun, call, end: (name: string) => endings.get(name)?.() }
}

describe('createHashLimiter', () => {
  it('runs as many calls at once as it is wide, and the others in order', async () => {
    const { begun, call, end } = openCalls({ atOncePerAddress: 2 })
    const results = ['1', '2', '3', '4'].map((name) => call('a', name))
    expect(begun).toEqual(['1', '2'])
    end('2')
    await results[1]
    expect(begun).toEqual(['1', '2', '3'])
    end('1')
    end('3')
    await Promise.all([results[0], results[2]])
    end('4')
    expect(await Promise.all(results)).toEqual(['1', '2', '3', '4'])
  })

  it('runs no more of one address than its share, while others pass', () => {
    const { begun, call } = openCalls()
    void call('a', 'a1')
    void call('a', 'a2')
    void call('b', 'b1')
    expect(begun).toEqual(['a1', 'b1'])
  })

  it('serves addresses round-robin, however many calls one of them has waiting', async () => {
    const { begun, call, end } = openCalls({ atOnce: 1 })
    const first = call('a', 'a1')
    const rest = [call('a', 'a2'), call('a', 'a3'), call('b', 'b1')]
    end('a1')
    await first
    end('a2')
    await rest[0]
    expect(begun).toEqual(['a1', 'a2', 'b1'])
  })

  it('refuses an address whose queue is full, and no other', async () => {
    const { begun, call } = openCalls()
    for (let count = 1; count <= 4; count += 1) void call('a', `a${count}`)
    await expect(call('a', 'a5')).rejects.toMatchObject(overloaded)
    void call('b', 'b1')
    expect(begun).toEqual(['a1', 'b1'])
  })

  it('refuses all callers when the queue is full', async () => {
    const { call } = openCalls({ atOnce: 1, waiting: 2 })
    for (const address of ['a', 'b', 'c']) void call(address, address)
    await expect(call('d', 'd')).rejects.toMatchObject(overloaded)
  })

  it('refuses a call that has waited too long, which then takes no place', async () => {
    const { begun, call, end } = openCalls({ atOnce: 1, waitMs: 1 })
    const first = call('a', 'a1')
    await expect(call('b', 'b1')).rejects.toMatchObject(overloaded)
    end('a1')
    await first
    void call('b', 'b2')
    expect(begun).toEqual(['a1', 'b2'])
  })

  it('frees the place of a call that fails', async () => {
    const limiter = createHashLimiter({ ...options, atOnce: 1, waiting: 0 })
    await expect(limiter('a', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    expect(await limiter('a', () => Promise.resolve('done'))).toBe('done')
  })
})
