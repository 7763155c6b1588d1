import { formatDollars } from './dollars.ts'
import { type Figures, isEmpty } from './figures.ts'
import type { Finding } from './insight.ts'
import { formatPercent } from './percent.ts'

/** One sentence for the whole and at most three for what stands out. */
const mostFindingSentences = 3

const count = (amount: number, noun: string): string =>
  `${amount} ${noun}${amount === 1 ? '' : 's'}`

function describeWhole({ total, cash, cashShare, positions, unpricedCount }: Figures): string {
  const unpriced =
    unpricedCount > 0 ? `; ${count(unpricedCount, 'holding')} without a current price left out` : ''
  if (positions.length === 0) {
    return `Your portfolio is worth ${formatDollars(total)}, all of it in cash${unpriced}.`
  }
  if (cash <= 0n) {
    return `Your portfolio is worth ${formatDollars(total)}, all of it in ${count(positions.length, 'asset')}${unpriced}.`
  }
  return `Your portfolio is worth ${formatDollars(total)}: ${formatDollars(cash)} (${formatPercent(cashShare)}) in cash and the rest in ${count(positions.length, 'asset')}${unpriced}.`
}

/** Puts findings into two to four sentences. */
export function writeRulesText(figures: Figures, findings: readonly Finding[]): string {
  if (isEmpty(figures)) {
    return 'There is nothing in your portfolio yet. Deposit some cash to begin, and this is where you will read what stands out.'
  }
  if (figures.total <= 0n) {
    return 'None of your holdings has a current price, so your portfolio cannot be valued right now. Its value comes back as soon as the market quotes them again.'
  }
  const sentences = findings.slice(0, mostFindingSentences).map(({ text }) => text)
  const rest = sentences.length > 0 ? sentences : ['Nothing in it stands out right now.']
  return [describeWhole(figures), ...rest].join(' ')
}
