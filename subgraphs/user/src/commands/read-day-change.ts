import { zeroUsd } from '@cnop/kit/money'
import { isTraded } from '@cnop/quotes/quote'
import type { Deps } from '../deps.ts'
import {
  collectFlows,
  computeDayChange,
  type DayChange,
  type DayFlows,
} from '../domain/day-change.ts'
import { historyRanges, type Owned } from '../domain/equity.ts'
import type { Rewind } from '../domain/rewind.ts'
import { readDayAgoPrices } from './past-prices.ts'
import { rewindJournal } from './rewind-journal.ts'
import { ownedNow, rewindFrom, type Standing } from './standing.ts'

const dayMs = historyRanges.DAY.lengthMs

/** A day with more entries has no day change: it needs the flows of each asset in their order. */
const mostEntries = 5_000

/** Before the first entry of an account. */
const nothing: Owned = { cash: zeroUsd, quantities: new Map() }

/**
 * What a portfolio and its holdings gained or lost in 24 hours, from the same journal and prices as the DAY history.
 * Undefined when the day has more entries than are looked at.
 */
export async function readDayChange(
  { ledger, candles }: Pick<Deps, 'ledger' | 'candles'>,
  standing: Standing,
): Promise<DayChange | undefined> {
  const { settled, quotes } = standing
  const isLeftOut = (assetId: string): boolean => {
    const quote = quotes.get(assetId)
    return quote !== undefined && !isTraded(quote)
  }
  const opening = await readOpening(ledger, standing, isLeftOut)
  if (!opening) return undefined
  const { then, flows, rewind } = opening
  const compared = [...then.quantities.keys()].filter((assetId) => !isLeftOut(assetId))
  return computeDayChange({
    now: ownedNow(settled),
    then,
    flows,
    isLeftOut,
    priceNow: (assetId) => quotes.get(assetId)?.price,
    priceThen: await readDayAgoPrices(candles, { ...standing, rewind }, compared),
  })
}

interface Opening {
  readonly then: Owned
  readonly flows: DayFlows
  readonly rewind: Rewind
}

/** What was owned 24 hours ago and what was put in since: the one part that walks the journal. */
async function readOpening(
  ledger: Deps['ledger'],
  standing: Standing,
  isLeftOut: (assetId: string) => boolean,
): Promise<Opening | undefined> {
  const { settled, nowMs } = standing
  const sinceMs = nowMs - dayMs
  const rewind = rewindFrom(standing, [nowMs, sinceMs])
  const flows = collectFlows(isLeftOut)
  const walk = { ...settled, sinceMs, mostEntries }
  const before = await rewindJournal(ledger, walk, (entry) => {
    if (Date.parse(entry.createdAt) > sinceMs) flows.add(entry)
    rewind.undo(entry)
  })
  if (before !== undefined) return undefined
  const then = rewind.possessions.find(({ atMs }) => atMs === sinceMs) ?? nothing
  return { then, flows, rewind }
}
