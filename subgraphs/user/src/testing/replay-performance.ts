import { notional, type Price, quantityFromUnits } from '@cnop/kit/money'
import type { JournalEntry } from '@cnop/ledger/chain'
import { cashChange, isFromOutside, quantityChange } from '@cnop/ledger/entry'
import { sizeOf } from '../domain/returns.ts'

const dayMs = 86_400_000

export interface ReplayQuestion {
  readonly fromMs: number
  readonly untilMs: number
  readonly assetId?: string | undefined
  readonly priceAt: (assetId: string, atMs: number) => Price
}

interface Moved {
  readonly atMs: number
  readonly amount: number
}

type Journal = readonly JournalEntry[]

/**
 * The figures of a performance by the plainest means, for tests: every value is a sum over the whole journal, and the average of
 * what was there on a day is added up from one payment to the next.
 */
export function replayPerformance(journal: Journal, question: ReplayQuestion) {
  const { fromMs, untilMs } = question
  const returns = returnsOf(journal, question)
  const values = returns.map(({ value }) => value)
  return {
    startValue: valueAt(journal, question, fromMs),
    endValue: valueAt(journal, question, untilMs),
    paidIn: movedWithin(journal, question, [fromMs, untilMs]).reduce(
      (sum, { amount }) => sum + amount,
      0,
    ),
    timeWeighted: values.reduce((level, value) => level * (1 + value), 1) - 1,
    volatility: volatility(returns.filter(({ isWhole }) => isWhole).map(({ value }) => value)),
    drawdown: drawdown(values),
    /** What the payments have grown to at a return of the whole range, less what there is: zero at the right one. */
    excessAt: (total: number): number => excess(journal, question, total),
  }
}

function returnsOf(journal: Journal, question: ReplayQuestion) {
  const { fromMs, untilMs } = question
  const returns: { readonly value: number; readonly isWhole: boolean }[] = []
  for (let startMs = fromMs; startMs < untilMs; startMs += dayMs) {
    const endMs = Math.min(startMs + dayMs, untilMs)
    const startValue = valueAt(journal, question, startMs)
    const endValue = valueAt(journal, question, endMs)
    const moved = movedWithin(journal, question, [startMs, endMs])
    const value = dayReturn({ startMs, endMs, startValue, endValue, moved })
    const isWhole = endMs - startMs === dayMs && startValue > 0
    if (value !== undefined) returns.push({ value, isWhole })
  }
  return returns
}

function valueAt(journal: Journal, question: ReplayQuestion, atMs: number): number {
  const { untilMs, assetId, priceAt } = question
  const isNow = atMs === untilMs && atMs % dayMs !== 0
  const before = journal.filter(({ createdAt }) => isNow || Date.parse(createdAt) < atMs)
  const traded = before.flatMap((entry) => (entry.assetId ? [entry.assetId] : []))
  let value = assetId ? 0n : before.reduce((sum, entry) => sum + cashChange(entry), 0n)
  for (const id of assetId ? [assetId] : new Set(traded)) {
    const units = before.reduce((sum, entry) => sum + quantityChange(entry, id), 0n)
    value += notional(priceAt(id, atMs), quantityFromUnits(units), { round: 'down' })
  }
  return sizeOf(value)
}

function movedWithin(
  journal: Journal,
  { assetId }: ReplayQuestion,
  [startMs, endMs]: readonly [number, number],
): readonly Moved[] {
  const wanted = journal.filter((entry) => {
    const atMs = Date.parse(entry.createdAt)
    const isTrade = entry.kind === 'BUY' || entry.kind === 'SELL'
    const isWanted = assetId ? isTrade && entry.assetId === assetId : isFromOutside(entry)
    return isWanted && atMs >= startMs && (atMs < endMs || endMs % dayMs !== 0)
  })
  return wanted.map((entry) => ({
    atMs: Date.parse(entry.createdAt),
    amount: sizeOf(cashChange(entry)) * (assetId ? -1 : 1),
  }))
}

function excess(journal: Journal, question: ReplayQuestion, total: number): number {
  const { fromMs, untilMs } = question
  const moved = movedWithin(journal, question, [fromMs, untilMs])
  const [start, end] = [valueAt(journal, question, fromMs), valueAt(journal, question, untilMs)]
  const [first, last] = borders({
    startMs: fromMs,
    endMs: untilMs,
    startValue: start,
    endValue: end,
    moved,
  })
  // In no time at all, what came in is there for all of it and what left is not.
  const share = (amount: number, atMs: number): number =>
    last > first ? (last - atMs) / (last - first) : amount > 0 ? 1 : 0
  const grown = (amount: number, atMs: number): number =>
    amount * (1 + total) ** share(amount, atMs)
  return (
    moved.reduce((sum, { atMs, amount }) => sum + grown(amount, atMs), grown(start, first)) - end
  )
}

interface Day {
  readonly startMs: number
  readonly endMs: number
  readonly startValue: number
  readonly endValue: number
  readonly moved: readonly Moved[]
}

/** Where nothing was there before the first payment or after the last one, time begins and ends with them. */
function borders({ startMs, endMs, startValue, endValue, moved }: Day): readonly [number, number] {
  const [first, last] = [moved[0]?.atMs ?? startMs, moved.at(-1)?.atMs ?? endMs]
  return [startValue === 0 ? first : startMs, endValue === 0 ? last : endMs]
}

function dayReturn(day: Day): number | undefined {
  const { startValue, endValue, moved } = day
  const gain = moved.reduce((rest, { amount }) => rest - amount, endValue - startValue)
  const most = moved.reduce((sum, { amount }) => sum + Math.max(0, amount), startValue)
  if (most <= 0) return undefined
  const [beginMs, finishMs] = borders(day)
  if (beginMs >= finishMs) return gain / most
  let [there, since, area] = [startValue, beginMs, 0]
  for (const { atMs, amount } of moved) {
    area += there * (atMs - since)
    there += amount
    since = atMs
  }
  area += there * (finishMs - since)
  const average = area / (finishMs - beginMs)
  return gain / (average > 0 && gain >= -average ? average : most)
}

function volatility(values: readonly number[]): number | undefined {
  if (values.length < 2) return undefined
  let squares = 0
  for (const one of values) for (const other of values) squares += (one - other) ** 2
  return Math.sqrt((squares / (2 * values.length * (values.length - 1))) * 365)
}

function drawdown(values: readonly number[]): number {
  const levels = values.reduce((all, value) => [...all, (all.at(-1) ?? 1) * (1 + value)], [1])
  let deepest = 0
  for (const [place, peak] of levels.entries()) {
    for (const low of levels.slice(place)) deepest = Math.max(deepest, 1 - low / peak)
  }
  return deepest
}
