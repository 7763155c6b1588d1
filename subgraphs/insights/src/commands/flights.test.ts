import { once } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { createFlights } from './flights.ts'

describe('createFlights', () => {
  it('starts work once for concurrent callers, and again afterwards', async () => {
    const flights = createFlights<number>()
    let starts = 0
    const start = () => Promise.resolve(++starts)
    expect(await Promise.all([flights.join('a', start), flights.join('a', start)])).toEqual([1, 1])
    expect(await flights.join('a', start)).toBe(2)
  })

  it('keeps different work apart', async () => {
    const flights = createFlights<string>()
    const joined = ['a', 'b'].map((key) => flights.join(key, () => Promise.resolve(key)))
    expect(await Promise.all(joined)).toEqual(['a', 'b'])
  })

  it('drops failed work', async () => {
    const flights = createFlights<string>()
    await expect(flights.join('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await flights.join('a', () => Promise.resolve('yes'))).toBe('yes')
  })

  it('aborts work when it closes, and waits for its end', async () => {
    const flights = createFlights<string>()
    let hasEnded = false
    void flights.join('a', async (signal) => {
      await once(signal, 'abort')
      await nextTurn()
      hasEnded = true
      return 'called off'
    })
    await flights.close()
    expect(hasEnded).toBe(true)
  })
})
