import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createLog } from '@cnop/kit/log'
import { formatPrice, price, usd } from '@cnop/kit/money'
import { fakeClock } from '@cnop/kit/testing/fake-clock'
import { startTestDb, type TestDb } from '@cnop/kit/testing/test-db'
import { connect } from '@cnop/kit/dynamo'
import type { Candle, CandleInterval } from './candle.ts'
import { openCandleReader } from './candles.ts'
import { saveFeed } from './feed-row.ts'
import { backfillHistory, openCandleRecorder } from './recorder.ts'
import { simulateMarket } from './simulation/market.ts'
import { quotesTable } from './tables.ts'

const table = 'quotes'
const log = createLog('quotes', { level: 'silent', filePath: undefined })
const startMs = Date.parse('2026-01-31T23:58:00.000Z')
const minuteMs = 60_000
const hourMs = 60 * minuteMs
let store: TestDb

beforeAll(async () => {
  store = await startTestDb([quotesTable(table)])
})
beforeEach(() => store.reset())
afterAll(() => store.stop())

async function readAll(
  interval: CandleInterval,
  fromMs: number,
  toMs: number,
): Promise<readonly Candle[]> {
  const reader = openCandleReader({ db: store.db, now: () => toMs }, { table })
  return reader.read({ assetId: 'BTC', interval, fromMs, toMs })
}

const shape = ({ startsAtMs, open, high, low, close }: Candle) => [
  new Date(startsAtMs).toISOString().slice(5, 16),
  ...[open, high, low, close].map(formatPrice),
]

const sample = (text: string, assetId = 'BTC') => ({
  assetId,
  price: price(text),
  dailyVolume: usd('1440.00'),
})

describe('recorded candles', () => {
  it('roll up into minutes, hours and days across the end of a month', async () => {
    await saveFeed(store.db, table, { feed: 'coingecko' })
    const recorder = openCandleRecorder({ db: store.db, table, log })
    const prices = ['10', '14', '9', '12', '11', '13']
    prices.forEach((text, place) => recorder.record([sample(text)], startMs + place * 30_000))
    await recorder.flush()
    const endMs = startMs + 3 * minuteMs
    expect((await readAll('1m', startMs, endMs)).map(shape)).toEqual([
      ['01-31T23:58', '10', '14', '10', '14'],
      ['01-31T23:59', '9', '12', '9', '12'],
      ['02-01T00:00', '11', '13', '11', '13'],
    ])
    const hours = [
      ['01-31T23:00', '10', '14', '9', '12'],
      ['02-01T00:00', '11', '13', '11', '13'],
    ]
    expect((await readAll('1h', startMs, endMs)).map(shape)).toEqual(hours)
    expect((await readAll('1d', startMs, endMs)).map(shape)).toEqual([
      ['01-31T00:00', '10', '14', '9', '12'],
      ['02-01T00:00', '11', '13', '11', '13'],
    ])
    expect((await readAll('1m', startMs, endMs))[0]!.volume).toBe(usd('1.00'))
  })

  it('go on after a restart where they stopped', async () => {
    const first = openCandleRecorder({ db: store.db, table, log })
    first.record([sample('10')], startMs)
    first.record([sample('20')], startMs + 1_000)
    await first.flush()
    const second = openCandleRecorder({ db: store.db, table, log })
    second.record([sample('15')], startMs + 2_000)
    await second.flush()
    expect((await readAll('1m', startMs, startMs + minuteMs)).map(shape)).toEqual([
      ['01-31T23:58', '10', '20', '10', '15'],
    ])
  })

  it('are stored when their turn comes', async () => {
    const recorder = openCandleRecorder({ db: store.db, table, log })
    recorder.record([sample('10')], startMs)
    await recorder.flushDue(startMs)
    expect(await readAll('1m', startMs, startMs + minuteMs)).toEqual([])
    await recorder.flushDue(startMs + minuteMs)
    expect(await readAll('1m', startMs, startMs + minuteMs)).toHaveLength(1)
    expect(await readAll('1h', startMs, startMs + minuteMs)).toEqual([])
    await recorder.flushDue(startMs + 30 * minuteMs)
    expect(await readAll('1h', startMs, startMs + minuteMs)).toHaveLength(1)
  })

  it('wait while the store is away', async () => {
    const away = connect({ mode: 'endpoint', region: 'us-west-2', endpoint: 'http://127.0.0.1:9' })
    const place = { db: away, table, log }
    const recorder = openCandleRecorder(place)
    recorder.record([sample('10')], startMs)
    await recorder.flush()
    away.close()
    place.db = store.db
    recorder.record([sample('8')], startMs + 1_000)
    await recorder.flush()
    expect((await readAll('1m', startMs, startMs + minuteMs)).map(shape)).toEqual([
      ['01-31T23:58', '10', '10', '8', '8'],
    ])
  })

  it('are backfilled where nothing was recorded, and only there', async () => {
    const recorder = openCandleRecorder({ db: store.db, table, log })
    recorder.record([sample('99')], startMs - 90 * minuteMs)
    await recorder.flush()
    const prices = ['1', '2', '3', '4'].map((text) => price(text))
    await backfillHistory(
      { db: store.db, table },
      [{ assetId: 'BTC', prices, dailyVolume: undefined }],
      startMs,
    )
    expect((await readAll('1h', startMs - 4 * hourMs, startMs)).map(shape)).toEqual([
      ['01-31T20:00', '1', '2', '1', '2'],
      ['01-31T21:00', '2', '3', '2', '3'],
      ['01-31T22:00', '99', '99', '99', '99'],
    ])
  })

  it('are joined to four hours from single hours', async () => {
    const prices = Array.from({ length: 9 }, (_, place) => price(String(place + 1)))
    const endMs = Date.parse('2026-01-05T08:00:00.000Z')
    await backfillHistory(
      { db: store.db, table },
      [{ assetId: 'BTC', prices, dailyVolume: usd('24.00') }],
      endMs,
    )
    const candles = await readAll('4h', endMs - 8 * hourMs, endMs)
    expect(candles.map(shape)).toEqual([
      ['01-05T00:00', '1', '5', '1', '5'],
      ['01-05T04:00', '5', '9', '5', '9'],
    ])
    expect(candles[0]!.volume).toBe(usd('4.00'))
  })
})

describe('candles of a simulated feed', () => {
  it('are computed from the seed that the feed row names', async () => {
    const clock = fakeClock()
    const reader = openCandleReader({ db: store.db, now: clock.now }, { table })
    await saveFeed(store.db, table, { feed: 'simulated', seed: 's', scenario: 'volatile' })
    const toMs = clock.now()
    const span = { fromMs: toMs - hourMs, toMs }
    const market = simulateMarket({ seed: 's', scenario: 'volatile' })
    expect(await reader.read({ assetId: 'BTC', interval: '5m', ...span })).toEqual(
      market.candles('BTC', { ...span, intervalMs: 5 * minuteMs }),
    )
  })

  it('end where their closing prices alone end', async () => {
    const clock = fakeClock()
    const reader = openCandleReader({ db: store.db, now: clock.now }, { table })
    await saveFeed(store.db, table, { feed: 'simulated', seed: 's', scenario: 'quiet' })
    const toMs = clock.now() + 90_000
    clock.set(toMs)
    const query = { assetId: 'BTC', interval: '1h', fromMs: toMs - 7 * hourMs, toMs } as const
    const closes = (await reader.read(query)).map(({ close }) => close)
    expect(closes).toHaveLength(8)
    expect(await reader.readCloses(query)).toEqual(closes)
  })

  it('never contain the future', async () => {
    const clock = fakeClock()
    const reader = openCandleReader({ db: store.db, now: clock.now }, { table })
    await saveFeed(store.db, table, { feed: 'simulated', seed: 's', scenario: 'quiet' })
    const fromMs = clock.now() - hourMs
    const candles = await reader.read({
      assetId: 'BTC',
      interval: '5m',
      fromMs,
      toMs: fromMs + 9 * hourMs,
    })
    expect(candles).toHaveLength(12)
  })
})
