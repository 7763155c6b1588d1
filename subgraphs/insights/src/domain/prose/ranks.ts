import type { ReportedFacts, ReportedHolding } from './reported.ts'
import { type Token, wordAt } from './tokens.ts'
import {
  assetsWords,
  bestWords,
  largestWords,
  performerWords,
  positionWords,
  smallestWords,
  worstWords,
} from './vocabulary.ts'

const isClearlyFirst = ([first, second]: readonly ReportedHolding[]): boolean =>
  first !== undefined && first.value.size > (second?.value.size ?? -1)

const signed = ({ change }: ReportedHolding): number | undefined =>
  change && (change.sign === '-' ? -change.size : change.size)

/** The best or the worst of the day; undefined when a change is unknown or two are equal. */
export function performerOf(reported: ReportedFacts, isBest: boolean): ReportedHolding | undefined {
  const { holdings, assetCount } = reported
  const changes = holdings.map(signed)
  if (holdings.length !== assetCount || changes.includes(undefined)) return undefined
  const known = changes as number[]
  const extreme = isBest ? Math.max(...known) : Math.min(...known)
  return known.filter((each) => each === extreme).length === 1
    ? holdings[known.indexOf(extreme)]
    : undefined
}

interface Rank {
  /** The first token behind its words. */
  readonly end: number
  /** The holding that it is; undefined when the facts do not decide it. */
  readonly holding: ReportedHolding | undefined
}

/** "best performer", "biggest loser": an order by the change of the day. */
function readPerformer(
  reported: ReportedFacts,
  word: string,
  next: string,
  index: number,
): Rank | undefined {
  const isOfDay = bestWords.has(word) || worstWords.has(word)
  if (performerWords.has(next) && (isOfDay || largestWords.has(word))) {
    const isWorst = worstWords.has(word) || next.startsWith('loser')
    return { end: index + 2, holding: performerOf(reported, !isWorst) }
  }
  return isOfDay ? { end: index + 1, holding: undefined } : undefined
}

/** Two holdings of one value have no largest; the smallest is known only when all holdings are reported. */
function holdingOfSize(
  { holdings, assetCount }: ReportedFacts,
  isLargest: boolean,
): ReportedHolding | undefined {
  if (isLargest) return isClearlyFirst(holdings) ? holdings[0] : undefined
  return holdings.length === assetCount ? holdings.at(-1) : undefined
}

/** "largest holding", "best performer": the holding that it is, however many words it takes. */
export function readRank(
  { tokens, reported }: { readonly tokens: readonly Token[]; readonly reported: ReportedFacts },
  index: number,
): Rank | undefined {
  const [word, next] = [wordAt(tokens, index), wordAt(tokens, index + 1)]
  const performer = readPerformer(reported, word, next, index)
  if (performer) return performer
  const isLargest = largestWords.has(word)
  if (!isLargest && !smallestWords.has(word)) return undefined
  const isNamed = positionWords.has(next) || assetsWords.has(next)
  return { end: isNamed ? index + 2 : index + 1, holding: holdingOfSize(reported, isLargest) }
}
