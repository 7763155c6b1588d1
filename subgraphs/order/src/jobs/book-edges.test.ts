import { describe, expect, it } from '@jest/globals'
import { price } from '@cnop/kit/money'
import { fakeClock } from '@cnop/kit/testing/fake-clock'
import { keepBookEdges } from './book-edges.ts'

const buys = { assetId: 'BTC', side: 'BUY' } as const
const sales = { assetId: 'BTC', side: 'SELL' } as const

function keep() {
  const clock = fakeClock()
  return { clock, edges: keepBookEdges(clock.now, 1_000) }
}

describe('the memory of the best waiting prices', () => {
  it('asks for a read of whatever it does not know', () => {
    const { edges } = keep()
    expect(edges.mayTrigger(buys, price('10'))).toBe(true)
  })

  it('asks for a read only when the price reaches the best that waits', () => {
    const { edges } = keep()
    edges.startRead(buys)(price('10'))
    edges.startRead(sales)(price('20'))
    expect(edges.mayTrigger(buys, price('10.01'))).toBe(false)
    expect(edges.mayTrigger(buys, price('10'))).toBe(true)
    expect(edges.mayTrigger(sales, price('19.99'))).toBe(false)
    expect(edges.mayTrigger(sales, price('20'))).toBe(true)
  })

  it('asks for no read of an empty side until an order begins to wait there', () => {
    const { edges } = keep()
    edges.startRead(buys)(undefined)
    expect(edges.mayTrigger(buys, price('0.01'))).toBe(false)
    edges.note(buys, price('5'))
    edges.note(buys, price('3'))
    expect(edges.mayTrigger(buys, price('5'))).toBe(true)
    expect(edges.mayTrigger(buys, price('5.01'))).toBe(false)
  })

  it('keeps an order that began to wait during a read that did not see it', () => {
    const { edges } = keep()
    const learn = edges.startRead(buys)
    edges.note(buys, price('5'))
    learn(undefined)
    expect(edges.mayTrigger(buys, price('5'))).toBe(true)
  })

  it('spreads the next reads of books that were read together', () => {
    const { clock, edges } = keep()
    const books = ['AA', 'BB', 'CC', 'DD', 'EE', 'FF'].map((assetId) => ({ ...buys, assetId }))
    for (const book of books) edges.startRead(book)(undefined)
    const dueAfter = books.map(() => 0)
    for (let ms = 1; ms <= 1_000; ms += 1) {
      clock.advance(1)
      books.forEach((book, index) => {
        if (!edges.mayTrigger(book, price('1'))) dueAfter[index] = ms
      })
    }
    expect(new Set(dueAfter).size).toBe(books.length)
  })

  it('reads again after a while, and after a gap in what it hears', () => {
    const { clock, edges } = keep()
    edges.startRead(buys)(undefined)
    clock.advance(499)
    expect(edges.mayTrigger(buys, price('1'))).toBe(false)
    clock.advance(501)
    expect(edges.mayTrigger(buys, price('1'))).toBe(true)
    edges.startRead(buys)(undefined)
    edges.forgetAll()
    expect(edges.mayTrigger(buys, price('1'))).toBe(true)
  })
})
