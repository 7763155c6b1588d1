import { addUsd, formatUsd, parseUsd, subtractUsd, type Usd } from '@cnop/kit/money'
import { formatMoney, formatSignedMoney } from '../../format/money.ts'
import type { DashboardHistoryQuery } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import type { ShownEquity } from '../../ui/EquityChart.tsx'
import type { Values } from '../../values/values.ts'

type EquityPoint = NonNullable<DashboardHistoryQuery['me']>['portfolio']['history'][number]

export type Equity = {
  readonly points: readonly ShownEquity[]
  readonly first: ShownEquity
  readonly last: ShownEquity
  /** Deposits and red pockets since the beginning, minus withdrawals. */
  readonly paidIn: string
  /** The growth of the value beyond that. */
  readonly profit: string
  /** The amount paid in differs from the value somewhere. */
  readonly hasBase: boolean
  /** It differs by so much that a line of it can be seen beside the value. */
  readonly isBaseSeen: boolean
}

/** The current figures of the page. */
export type Present = Pick<Values, 'assets' | 'total' | 'dayFrom'> & {
  readonly cash: { readonly posted: string }
}

/**
 * The history for the chart and its description, up to the displayed total. The history of a day starts where the day
 * change of the page does, so that both show the same profit. Undefined with fewer than two points.
 */
export function readEquity(
  history: readonly EquityPoint[],
  present?: Present,
  isDay = false,
): Equity | undefined {
  const end = history.at(-1)
  if (!end || history.length < 2) return undefined
  if (history.every(({ total }) => parseUsd(total) === 0n)) return undefined
  // Cash has moved since the history was read, so the amount paid in is unknown until the next read.
  const isBehind = present !== undefined && present.cash.posted !== end.cash
  const equity = toEquity(carryOn(history, present, isDay && !isBehind), end.paidIn)
  return isBehind && equity ? { ...equity, profit: profitOf(history) } : equity
}

const dayMs = 86_400_000

/** The part of a history on whole UTC days, both included, with what was paid in counted from its beginning. */
export function cutHistory(
  history: readonly EquityPoint[],
  { from, to }: { readonly from: string; readonly to: string },
): readonly EquityPoint[] {
  const inside = history.filter(
    ({ at }) => Date.parse(from) <= Date.parse(at) && Date.parse(at) <= Date.parse(to) + dayMs,
  )
  const before = parseUsd(inside[0]?.paidIn ?? '0')
  return inside.map((point) => ({ ...point, paidIn: minus(point.paidIn, before) }))
}

function carryOn(
  history: readonly EquityPoint[],
  present: Present | undefined,
  fromDay: boolean,
): readonly EquityPoint[] {
  const [begin] = history
  const end = history.at(-1)
  if (!present?.total || !present.assets || !begin || !end) return history
  const now = { ...end, total: present.total, cash: present.cash.posted, holdings: present.assets }
  if (!fromDay || !present.dayFrom) return [...history.slice(0, -1), now]
  const total = formatUsd(subtractUsd(parseUsd(present.dayFrom), parseUsd(end.paidIn)))
  return [{ ...begin, total }, ...history.slice(1, -1), now]
}

const investedAt = (begin: EquityPoint, { paidIn }: EquityPoint): Usd =>
  addUsd(parseUsd(begin.total), parseUsd(paidIn))

function profitOf(history: readonly EquityPoint[]): string {
  const [begin] = history
  const end = history.at(-1)
  if (!begin || !end) return '0.00'
  return formatUsd(subtractUsd(parseUsd(end.total), investedAt(begin, end)))
}

/** Closer to the value than a hundredth of what the chart spans, the line of the amount paid in lies on that of the value. */
function isSeen(points: readonly ShownEquity[]): boolean {
  const heights = points.flatMap(({ total, invested }) => [Number(total), Number(invested)])
  const span = Math.max(...heights) - Math.min(...heights)
  return points.some(
    ({ total, invested }) => Math.abs(Number(total) - Number(invested)) > span / 100,
  )
}

const mostTicks = 8

/** Midnights of the reader between two times, evenly spaced: an axis of days has each date once at most. */
export function dayTicks(fromMs: number, toMs: number): readonly number[] {
  const days = Math.ceil((toMs - fromMs) / dayMs)
  const step = Math.ceil(days / mostTicks)
  const day = new Date(fromMs)
  day.setHours(24, 0, 0, 0)
  const ticks: number[] = []
  for (; day.getTime() <= toMs; day.setDate(day.getDate() + step)) ticks.push(day.getTime())
  return ticks
}

const minus = (amount: string, less: Usd): string => formatUsd(subtractUsd(parseUsd(amount), less))

/**
 * What was paid in between two points is a step at the later one: a slope would look like profit, and the line of the amount
 * paid in like a loss. The server has points just before and after the newest movements.
 */
function withSteps(history: readonly EquityPoint[]): readonly EquityPoint[] {
  return history.flatMap((point, place) => {
    const { paidIn } = history[place - 1] ?? point
    const flow = subtractUsd(parseUsd(point.paidIn), parseUsd(paidIn))
    if (flow === 0n) return [point]
    return [
      { ...point, paidIn, total: minus(point.total, flow), cash: minus(point.cash, flow) },
      point,
    ]
  })
}

function toEquity(history: readonly EquityPoint[], paidIn: string): Equity | undefined {
  const [begin] = history
  if (!begin) return undefined
  const points = withSteps(history).map((point) => {
    const { at, total, cash, holdings } = point
    return { at, total, cash, holdings, invested: formatUsd(investedAt(begin, point)) }
  })
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last) return undefined
  const hasBase = points.some(({ total, invested }) => parseUsd(total) !== parseUsd(invested))
  return {
    points,
    first,
    last,
    paidIn,
    profit: profitOf(history),
    hasBase,
    isBaseSeen: isSeen(points),
  }
}

/** The chart as a sentence, for screen readers. */
export function describeEquity(
  { first, last, paidIn, profit }: Equity,
  words: string,
  areHidden: boolean,
): string {
  if (areHidden) return i18n.t('Portfolio value over {words}; amounts are hidden', { words })
  return i18n.t(
    'Portfolio value over {words}: from {first} to {last}; paid in and gifts {paidIn}, profit or loss {profit}',
    {
      words,
      first: formatMoney(first.total),
      last: formatMoney(last.total),
      paidIn: formatMoney(paidIn),
      profit: formatSignedMoney(profit),
    },
  )
}
