import { describe, expect, it } from '@jest/globals'
import { price } from '@cnop/kit/money'
import { fakeClock } from '@cnop/kit/testing/fake-clock'
import type { CandleQuery, CandleReader } from '@cnop/quotes/candles'
import { createHistory } from './history.ts'

function openHistory() {
  const clock = fakeClock()
  const asked: CandleQuery[] = []
  const state = { isAway: false }
  const answer = <Value>(query: CandleQuery, value: Value): Promise<Value> => {
    asked.push(query)
    return state.isAway ? Promise.reject(new Error('The store is away.')) : Promise.resolve(value)
  }
  const reader: CandleReader = {
    read: (query) => answer(query, []),
    readCloses: (query) => answer(query, [price('1')]),
    readTimedCloses: (query) => answer(query, []),
  }
  return { clock, asked, state, history: createHistory(reader, clock.now) }
}

describe('history', () => {
  it('reads a sparkline once an hour, however many ask', async () => {
    const { clock, asked, history } = openHistory()
    await Promise.all([history.sparkline('BTC'), history.sparkline('BTC')])
    clock.advance(3_599_999)
    await history.sparkline('BTC')
    expect(asked).toHaveLength(1)
    clock.advance(1)
    await history.sparkline('BTC')
    expect(asked).toHaveLength(2)
  })

  it('rereads candles after some seconds, and caches every range separately', async () => {
    const { clock, asked, history } = openHistory()
    await history.candles('BTC', 'DAY')
    await history.candles('BTC', 'DAY')
    await history.candles('BTC', 'YEAR')
    expect(asked.map(({ interval }) => interval)).toEqual(['5m', '5m', '1d', '1d'])
    clock.advance(5_000)
    await history.candles('BTC', 'DAY')
    expect(asked).toHaveLength(5)
    clock.advance(300_000)
    await history.candles('BTC', 'DAY')
    expect(asked).toHaveLength(7)
  })

  it('does not cache a failure, which does not delay others', async () => {
    const { state, history } = openHistory()
    state.isAway = true
    await expect(history.sparkline('BTC')).rejects.toThrow('away')
    state.isAway = false
    expect(await history.sparkline('BTC')).toEqual([price('1')])
  })
})
