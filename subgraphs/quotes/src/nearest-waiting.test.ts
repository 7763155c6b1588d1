import { describe, expect, it } from '@jest/globals'
import { createActivity } from '@cnop/kit/activity'
import { price } from '@cnop/kit/money'
import { fakeClock } from '@cnop/kit/testing/fake-clock'
import { learnWaiting } from './learn-waiting.ts'
import { keepNearestWaiting, type WaitingPrice } from './nearest-waiting.ts'

const falls = { assetId: 'BTC', direction: 'BELOW' } as const
const rises = { assetId: 'BTC', direction: 'ABOVE' } as const

function keep() {
  const clock = fakeClock()
  return { clock, edges: keepNearestWaiting(clock.now, 1_000) }
}

describe('the memory of the nearest waiting prices', () => {
  it('asks for a read of whatever it does not know', () => {
    const { edges } = keep()
    expect(edges.mayTrigger(falls, price('10'))).toBe(true)
  })

  it('asks for a read only when the price reaches the nearest that waits', () => {
    const { edges } = keep()
    edges.startRead(falls)(price('10'))
    edges.startRead(rises)(price('20'))
    expect(edges.mayTrigger(falls, price('10.01'))).toBe(false)
    expect(edges.mayTrigger(falls, price('10'))).toBe(true)
    expect(edges.mayTrigger(rises, price('19.99'))).toBe(false)
    expect(edges.mayTrigger(rises, price('20'))).toBe(true)
  })

  it('asks for no read of an empty side until something begins to wait there', () => {
    const { edges } = keep()
    edges.startRead(falls)(undefined)
    expect(edges.mayTrigger(falls, price('0.01'))).toBe(false)
    edges.note(falls, price('5'))
    edges.note(falls, price('3'))
    expect(edges.mayTrigger(falls, price('5'))).toBe(true)
    expect(edges.mayTrigger(falls, price('5.01'))).toBe(false)
  })

  it('knows that nothing waits only after a read of everything, and until something waits', async () => {
    const { clock, edges } = keep()
    expect(edges.isEmpty()).toBe(false)
    await edges.readAll(() => Promise.resolve([]))
    expect(edges.isEmpty()).toBe(true)
    edges.note(rises, price('20'))
    expect(edges.isEmpty()).toBe(false)
    edges.startRead(rises)(undefined)
    expect(edges.isEmpty()).toBe(true)
    clock.advance(1_000)
    expect(edges.isEmpty()).toBe(false)
  })

  it('stays known to be empty while the process rests, and is read again when it wakes', async () => {
    const { clock, edges } = keep()
    const activity = createActivity({ idleAfterMs: 0, elapsedMs: clock.now })
    const waiting: WaitingPrice[] = []
    const learning = await learnWaiting({
      ...{ edges, activity, refreshMs: 1_000 },
      read: () => Promise.resolve(waiting),
    })
    clock.advance(300_000)
    expect([edges.isEmpty(), activity.isIdle()]).toEqual([true, true])
    waiting.push({ ...rises, price: price('20') })
    void activity.wake()
    await learning.stop()
    expect(edges.mayTrigger(rises, price('20'))).toBe(true)
    expect(edges.mayTrigger(rises, price('19'))).toBe(false)
  })

  it('keeps what began to wait during a read that did not see it', () => {
    const { edges } = keep()
    const learn = edges.startRead(falls)
    edges.note(falls, price('5'))
    learn(undefined)
    expect(edges.mayTrigger(falls, price('5'))).toBe(true)
  })

  it('spreads the next reads of sides that were read together', () => {
    const { clock, edges } = keep()
    const sides = ['AA', 'BB', 'CC', 'DD', 'EE', 'FF'].map((assetId) => ({ ...falls, assetId }))
    for (const side of sides) edges.startRead(side)(undefined)
    const dueAfter = sides.map(() => 0)
    for (let ms = 1; ms <= 1_000; ms += 1) {
      clock.advance(1)
      sides.forEach((side, index) => {
        if (!edges.mayTrigger(side, price('1'))) dueAfter[index] = ms
      })
    }
    expect(new Set(dueAfter).size).toBe(sides.length)
  })

  it('reads again after an interval, and after a gap in the messages', () => {
    const { clock, edges } = keep()
    edges.startRead(falls)(undefined)
    clock.advance(499)
    expect(edges.mayTrigger(falls, price('1'))).toBe(false)
    clock.advance(501)
    expect(edges.mayTrigger(falls, price('1'))).toBe(true)
    edges.startRead(falls)(undefined)
    edges.forgetAll()
    expect(edges.mayTrigger(falls, price('1'))).toBe(true)
  })

  it('learns all sides from one read', async () => {
    const { clock, edges } = keep()
    await edges.readAll(() => {
      edges.note(rises, price('20'))
      return Promise.resolve([
        { ...falls, price: price('3') },
        { ...falls, price: price('5') },
      ])
    })
    expect(edges.mayTrigger(falls, price('5.01'))).toBe(false)
    expect(edges.mayTrigger(falls, price('5'))).toBe(true)
    expect(edges.mayTrigger(rises, price('20'))).toBe(true)
    const other = { assetId: 'ETH', direction: 'BELOW' } as const
    expect(edges.mayTrigger(other, price('1'))).toBe(false)
    edges.note(other, price('1'))
    expect(edges.mayTrigger(other, price('1'))).toBe(true)
    expect(edges.mayTrigger(other, price('1.01'))).toBe(false)
    edges.forget(other)
    expect(edges.mayTrigger(other, price('1.01'))).toBe(true)
    clock.advance(1_000)
    expect(edges.mayTrigger({ ...rises, assetId: 'ETH' }, price('1'))).toBe(true)
  })

  it('learns nothing from a read of all sides that was too large or failed', async () => {
    const { edges } = keep()
    await edges.readAll(() => Promise.resolve(undefined))
    await expect(edges.readAll(() => Promise.reject(new Error('store')))).rejects.toThrow('store')
    expect(edges.mayTrigger(falls, price('1'))).toBe(true)
  })

  it('learns nothing from reads during which it missed something', async () => {
    const { edges } = keep()
    const learn = edges.startRead(falls)
    await edges.readAll(() => {
      edges.forgetAll()
      return Promise.resolve([])
    })
    learn(undefined)
    expect(edges.mayTrigger(falls, price('1'))).toBe(true)
    expect(edges.mayTrigger(rises, price('1'))).toBe(true)
  })
})
