import { addUsd, formatUsd, parseUsd, subtractUsd } from '@cnop/kit/money'
import { formatMoney, formatSignedMoney } from '../../format/money.ts'
import type { DashboardHistoryQuery } from '../../generated/graphql.ts'
import type { ShownEquity } from '../../ui/EquityChart.tsx'
import type { Values } from '../../values/values.ts'

type EquityPoint = NonNullable<DashboardHistoryQuery['me']>['portfolio']['history'][number]

export type Equity = {
  readonly points: readonly ShownEquity[]
  readonly first: ShownEquity
  readonly last: ShownEquity
  /** What was paid in since the beginning, less what was paid out. */
  readonly paidIn: string
  /** What the value grew beyond that. */
  readonly profit: string
}

/** The figures of the page at the moment. */
export type Present = Pick<Values, 'assets' | 'total' | 'dayFrom'> & {
  readonly cash: { readonly posted: string }
}

/**
 * Carries a history on to what the page shows: its last point has the total of the page. The history of a day begins
 * where the day change of the page does, so that both tell the same profit. A history that does not know the latest
 * movement of cash yet stays as it was read, until it is read again.
 */
export function carryOn(
  history: readonly EquityPoint[],
  present: Present | undefined,
  isDay: boolean,
): readonly EquityPoint[] {
  const end = history.at(-1)
  if (!present?.total || !present.assets || !end || end.cash !== present.cash.posted) return history
  const now = { ...end, total: present.total, holdings: present.assets }
  const [begin, ...rest] = [...history.slice(0, -1), now]
  if (!isDay || !begin || !present.dayFrom) return [...history.slice(0, -1), now]
  const total = formatUsd(subtractUsd(parseUsd(present.dayFrom), parseUsd(end.paidIn)))
  return [{ ...begin, total }, ...rest]
}

/** A history as it is drawn and told; undefined while there is nothing to draw a line between. */
export function readEquity(history: readonly EquityPoint[]): Equity | undefined {
  const [begin] = history
  const end = history.at(-1)
  if (!begin || !end || history.length < 2) return undefined
  if (history.every(({ total }) => parseUsd(total) === 0n)) return undefined
  const points = history.map(({ at, total, cash, holdings, paidIn }) => {
    const invested = formatUsd(addUsd(parseUsd(begin.total), parseUsd(paidIn)))
    return { at, total, cash, holdings, invested }
  })
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last) return undefined
  const profit = formatUsd(subtractUsd(parseUsd(last.total), parseUsd(last.invested)))
  return { points, first, last, paidIn: end.paidIn, profit }
}

/** The chart in a sentence, for who cannot see it. */
export function describeEquity(
  { first, last, paidIn, profit }: Equity,
  words: string,
  areHidden: boolean,
): string {
  if (areHidden) return `Portfolio value over ${words}; amounts are hidden`
  const values = `from ${formatMoney(first.total)} to ${formatMoney(last.total)}`
  const sources = `paid in ${formatMoney(paidIn)}, profit or loss ${formatSignedMoney(profit)}`
  return `Portfolio value over ${words}: ${values}; ${sources}`
}
