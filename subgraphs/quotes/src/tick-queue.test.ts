import { describe, expect, it } from '@jest/globals'
import { price } from '@cnop/kit/money'
import type { Quote } from './quote.ts'
import { keepTicks } from './tick-queue.ts'

const quoteOf = (assetId: string, at: string): Quote => ({
  assetId,
  price: price(at),
  quotedAt: '2026-01-05T10:00:00.000Z',
  isActive: true,
  name: assetId,
  category: 'MAJOR',
  dayAgoPrice: undefined,
})

function holdBack() {
  const begun: string[] = []
  const waiting: (() => void)[] = []
  const queue = keepTicks(async (quote) => {
    begun.push(`${quote.assetId} ${quote.price / 1_000_000_000_000n}`)
    await new Promise<void>((resolve) => waiting.push(resolve))
    return false
  })
  const release = async () => {
    while (waiting.length > 0) {
      waiting.shift()?.()
      await new Promise(setImmediate)
    }
    await queue.settled()
  }
  return { queue, begun, release }
}

describe('the queue of ticks', () => {
  it('works on one asset at a time by one worker, and then on its latest tick only', async () => {
    const { queue, begun, release } = holdBack()
    queue.add([quoteOf('BTC', '1')])
    queue.add([quoteOf('BTC', '2')])
    queue.add([quoteOf('BTC', '3'), quoteOf('ETH', '7')])
    expect(begun).toEqual(['BTC 1', 'ETH 7'])
    await release()
    expect(begun).toEqual(['BTC 1', 'ETH 7', 'BTC 3'])
  })

  it('works on four assets side by side, and on the others when there is room', async () => {
    const { queue, begun, release } = holdBack()
    queue.add(['A', 'B', 'C', 'D', 'E', 'F'].map((id) => quoteOf(id, '1')))
    expect(begun).toHaveLength(4)
    await release()
    expect(begun).toHaveLength(6)
  })

  it('gives a tick that has more to do another turn, unless a newer one has come', async () => {
    const turns: string[] = []
    const queue = keepTicks((quote) => {
      turns.push(quote.assetId)
      return Promise.resolve(turns.length < 3)
    })
    queue.add([quoteOf('BTC', '1')])
    await queue.settled()
    expect(turns).toEqual(['BTC', 'BTC', 'BTC'])
  })

  it('begins nothing more once it is closed', async () => {
    const { queue, begun, release } = holdBack()
    queue.add([quoteOf('BTC', '1')])
    const closing = queue.close()
    queue.add([quoteOf('ETH', '1')])
    await release()
    await closing
    expect(begun).toEqual(['BTC 1'])
  })
})
