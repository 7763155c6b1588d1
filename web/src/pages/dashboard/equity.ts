import { addUsd, formatUsd, parseUsd, subtractUsd } from '@cnop/kit/money'
import { formatMoney, formatSignedMoney } from '../../format/money.ts'
import type { DashboardHistoryQuery } from '../../generated/graphql.ts'
import type { ShownEquity } from '../../ui/EquityChart.tsx'

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
