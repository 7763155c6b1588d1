import { BadInput } from '@cnop/kit/errors'
import { type Price, price, quantity, usd } from '@cnop/kit/money'
import { seededRandom } from '@cnop/kit/testing/faults'
import { readJournal } from '@cnop/ledger/balances'
import type { JournalEntry } from '@cnop/ledger/chain'
import { buyEntry, depositEntry } from '@cnop/ledger/entry'
import { storeCandles } from '@cnop/quotes/candle-rows'
import { candleSeries } from '@cnop/quotes/candle-series'
import type { Quote } from '@cnop/quotes/quote'
import { openQuoteWriter } from '@cnop/quotes/writer'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type PerformanceQuestion, readPerformance } from './commands/read-performance.ts'
import { createLoaders } from './loaders.ts'
import { countRows } from './testing/count-rows.ts'
import { replayPerformance } from './testing/replay-performance.ts'
import { assets, liveAtRandom, move } from './testing/trading-life.ts'
import { startUserWorld, type UserWorld } from './testing/user-world.ts'

const dayMs = 86_400_000
const hourMs = 3_600_000
const firstDay = Date.parse('2026-01-05')
const days = 24

let world: UserWorld
/** What an asset cost at the end of each day, and now. */
const closes = new Map<string, readonly Price[]>()

const dayOf = (place: number): string =>
  new Date(firstDay + place * dayMs).toISOString().slice(0, 10)

function quoteOf(assetId: string): Quote {
  const [now = price('1')] = closes.get(assetId)?.slice(-1) ?? []
  const facts = {
    name: assetId,
    category: 'MAJOR',
    isActive: true,
    dayAgoPrice: undefined,
  } as const
  return { ...facts, assetId, price: now, quotedAt: new Date(world.clock.now()).toISOString() }
}

const priceAt = (assetId: string, atMs: number): Price => {
  const ended = atMs % dayMs === 0 ? (atMs - firstDay) / dayMs - 1 : days
  return closes.get(assetId)?.[Math.max(0, ended)] ?? price('1')
}

/** The market of these days, and then a tick. */
async function recordPrices(): Promise<void> {
  const random = seededRandom(11)
  const series = candleSeries.find(({ interval }) => interval === '1d')!
  const store = { db: world.store.db, table: world.config.tables.quotes }
  for (const assetId of assets) {
    let level = 100
    const prices = Array.from({ length: days + 1 }, () => {
      level *= 0.85 + 0.31 * random()
      return price(level.toFixed(4))
    })
    closes.set(assetId, prices)
    const candles = prices.slice(0, days).map((close, place) => ({
      ...{ startsAtMs: firstDay + place * dayMs, open: close, high: close, low: close, close },
      volume: usd('0'),
    }))
    await storeCandles(store, series, [{ assetId, candles }], (known) => known)
  }
}

beforeAll(async () => {
  world = await startUserWorld()
  await recordPrices()
})
afterAll(() => world.stop())

async function standingOf(username: string) {
  const settled = await createLoaders(world.deps).readSettled(username)
  const quotes = new Map(assets.map((id) => [id as string, quoteOf(id)]))
  return { settled, quotes, nowMs: world.clock.now() }
}

async function performance(username: string, question: PerformanceQuestion) {
  return readPerformance(world.deps, await standingOf(username), question)
}

async function journalOf(username: string): Promise<readonly JournalEntry[]> {
  const entries: JournalEntry[] = []
  for await (const entry of readJournal(world.deps.ledger, username)) entries.push(entry)
  return entries
}

const close = (value: number | undefined, expected: number | undefined): void => {
  if (expected === undefined) expect(value).toBeUndefined()
  else expect(value ?? NaN).toBeCloseTo(expected, 9)
}

const ranges: readonly (readonly [number, number])[] = [
  [0, days],
  [-40, days],
  [3, 17],
  [9, 9],
  [days - 1, days],
  [days, days],
  [-9, -2],
]

describe('a performance', () => {
  it.each([1, 2, 3, 4])('is that of a replay of the whole journal (seed %i)', async (seed) => {
    const username = `trader_${seed}`
    world.clock.set(firstDay + 10 * hourMs)
    await world.signUp(username)
    await liveAtRandom(world, { username, seed, untilMs: firstDay + days * dayMs + 15 * hourMs })
    const journal = await journalOf(username)
    expect(journal.length).toBeGreaterThan(15)
    for (const [from, to] of ranges) {
      for (const assetId of [undefined, ...assets]) {
        const found = await performance(username, { from: dayOf(from), to: dayOf(to), assetId })
        const untilMs = Math.min(firstDay + (to + 1) * dayMs, world.clock.now())
        const range = { fromMs: firstDay + from * dayMs, untilMs, assetId, priceAt }
        const expected = replayPerformance(journal, range)
        const { startValue, endValue, putIn, timeWeighted, moneyWeighted, risk } = found
        expect([startValue, endValue, putIn].map(Number)).toEqual([
          expected.startValue,
          expected.endValue,
          expected.paidIn,
        ])
        close(timeWeighted?.total ?? 0, expected.timeWeighted)
        close(risk.volatility, expected.volatility)
        close(risk.drawdown?.share ?? 0, expected.drawdown)
        const total = moneyWeighted?.total
        if (total !== undefined && total > -1) {
          expect(Math.abs(expected.excessAt(total))).toBeLessThan(0.01)
        }
      }
    }
  })

  it('reads the closings of its days and its payments, not the journal', async () => {
    const username = 'trader_1'
    const { length } = await journalOf(username)
    const standing = await standingOf(username)
    const from = dayOf(days - 2)
    const rows = await countRows(world, () =>
      readPerformance(world.deps, standing, { from, to: dayOf(days) }),
    )
    expect(rows).toBeLessThan(14)
    expect(length).toBeGreaterThan(2 * rows)
  })

  it('begins with the first payment of a young account, and compares from there', async () => {
    const username = 'late_starter'
    const atMs = firstDay + 20 * dayMs + 6 * hourMs
    world.clock.set(atMs)
    await world.signUp(username)
    await move(world, username, depositEntry(usd('500.00')))
    world.clock.set(firstDay + days * dayMs + 15 * hourMs)
    const question = { from: dayOf(0), to: dayOf(days), benchmark: 'BTC' }
    const { sinceMs, timeWeighted, risk, benchmark } = await performance(username, question)
    expect([sinceMs, timeWeighted?.total, risk.volatility]).toEqual([atMs, 0, 0])
    const btc = closes.get('BTC')!
    const expected = Number(btc[days]) / Number(btc[20]) - 1
    close(benchmark?.result?.total, expected)
    expect(benchmark?.result?.drawdown?.share).toBeGreaterThan(0)
  })

  it('counts all payments of a day where there are too many to read one by one', async () => {
    const username = 'busy_payer'
    world.clock.set(firstDay)
    await world.signUp(username)
    for (let place = 0; place < 250; place += 1) {
      world.clock.set(firstDay + Math.floor(place / 80) * dayMs + 12 * hourMs + place)
      await move(world, username, depositEntry(usd('1.00')))
    }
    world.clock.set(firstDay + days * dayMs + 15 * hourMs)
    const found = await performance(username, { from: dayOf(0), to: dayOf(days) })
    expect(found).toMatchObject({ putIn: usd('250.00'), endValue: usd('250.00') })
    expect([found.timeWeighted?.total, found.moneyWeighted?.total]).toEqual([0, 0])
  })
})

const ask = `query ($from: Date!, $to: Date, $assetId: ID, $benchmark: ID) { me { portfolio {
  performance(from: $from, to: $to, assetId: $assetId, benchmark: $benchmark) {
    since until startValue endValue paidIn gain volatilityPercent maxDrawdown { percent from to }
    timeWeighted { percent annualPercent } moneyWeighted { percent annualPercent }
    benchmark { assetId return { percent annualPercent } volatilityPercent maxDrawdown { percent } }
  } } } }`

describe('Portfolio.performance', () => {
  const actor = { username: 'trader_2', role: 'customer', sessionId: 'ses_x' } as const

  beforeAll(async () => {
    const writer = await openQuoteWriter(world.platform, { table: world.config.tables.quotes })
    const tickedAt = new Date(world.clock.now()).toISOString()
    await writer.publish({ tickedAt, quotes: assets.map(quoteOf) })
  })

  it('says the same as the command, in dollars and per cent', async () => {
    const variables = { from: dayOf(2), benchmark: 'eth' }
    const { data } = await world.call(ask, variables, actor)
    const found = await performance(actor.username, {
      ...variables,
      to: dayOf(days),
      benchmark: 'ETH',
    })
    const { portfolio } = data?.['me'] as { portfolio: { performance: object } }
    expect(portfolio.performance).toMatchObject({
      until: new Date(world.clock.now()).toISOString(),
      timeWeighted: {
        percent: Math.round((found.timeWeighted?.total ?? NaN) * 1e6) / 1e4,
        annualPercent: null,
      },
      benchmark: { assetId: 'ETH', return: { annualPercent: null } },
    })
  })

  it.each([
    [{ from: dayOf(3), to: dayOf(2) }, 'BAD_USER_INPUT', 'from'],
    [{ from: dayOf(3), to: dayOf(days + 1) }, 'BAD_USER_INPUT', 'to'],
    [{ from: '2023-01-29', to: '2026-01-29' }, 'BAD_USER_INPUT', 'from'],
    [{ from: dayOf(3), benchmark: 'NONE' }, 'ASSET_NOT_FOUND', undefined],
    [{ from: dayOf(3), assetId: 'NONE' }, 'ASSET_NOT_FOUND', undefined],
  ])('refuses %j', async (variables, code, field) => {
    const { errors } = await world.call(ask, variables, actor)
    expect(errors?.[0]?.extensions).toMatchObject({ code, ...(field && { details: { field } }) })
  })

  it('takes a range of three years', async () => {
    const { errors } = await world.call(ask, { from: '2023-01-30', to: dayOf(days) }, actor)
    expect(errors).toBeUndefined()
  })

  it('refuses an asset with more trades than it reads', async () => {
    const username = 'busy_trader'
    await world.signUp(username)
    await move(world, username, depositEntry(usd('9000.00')))
    for (let place = 0; place < 513; place += 1) {
      const terms = { assetId: 'BTC', quantity: quantity('0.1'), price: price('10'), fee: usd('0') }
      await move(
        world,
        username,
        buyEntry({ ...terms, total: usd('1.00'), orderId: `ord_busy_${place}` }),
      )
    }
    const question = { from: dayOf(0), to: dayOf(days) }
    await expect(performance(username, { ...question, assetId: 'BTC' })).rejects.toThrow(BadInput)
    expect((await performance(username, question)).putIn).toBe(usd('9000.00'))
  })
})
