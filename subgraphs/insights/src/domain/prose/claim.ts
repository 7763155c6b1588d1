import { repeats, type StatedNumber } from '../stated-numbers.ts'
import { clauseAt, type Cues } from './cues.ts'
import type { Scene, Subject } from './scene.ts'
import type { ReportedHolding } from './reported.ts'
import { markOf, wordAt } from './tokens.ts'
import type { Direction } from './vocabulary.ts'

/** What a number was found to say. */
export interface ConfirmedNumber {
  readonly at: number
  readonly subject: Subject
  /** Present when it is a change. */
  readonly direction: Direction | undefined
}

type Bound = 'exact' | 'least' | 'most'

/** A number of a sentence, with all that says what it is of. */
export interface Claim {
  readonly scene: Scene
  readonly at: number
  readonly number: StatedNumber
  readonly cues: Cues
  readonly subject: Subject
  readonly bound: Bound
}

const bounds: ReadonlyMap<string, Bound> = new Map([
  ['over', 'least'],
  ['above', 'least'],
  ['more than', 'least'],
  ['at least', 'least'],
  ['under', 'most'],
  ['below', 'most'],
  ['less than', 'most'],
  ['at most', 'most'],
  ['nearly', 'most'],
  ['almost', 'most'],
])

/** "over 60%" is more than a number, "almost 60%" is less. */
export function boundAt({ tokens }: Scene, at: number): Bound {
  const last = wordAt(tokens, at - 1)
  return bounds.get(`${wordAt(tokens, at - 2)} ${last}`) ?? bounds.get(last) ?? 'exact'
}

/** Whether a claim repeats a fact, on the side of it that its words say. */
export function confirms(
  { number, bound }: Pick<Claim, 'number' | 'bound'>,
  fact: StatedNumber,
): boolean {
  if (!repeats(number, fact)) return false
  if (bound === 'least') return fact.size >= number.size
  return bound === 'exact' || fact.size <= number.size
}

/** A level that something rose or fell to is no change; what it came from is in no fact. */
export const levelWords = new Set(['to', 'at', 'worth'])

/** "BTC and ETH rose 5.3% and 2.0%": as many numbers as tickers belong together in their order. */
export function ownOfList(
  { scene, at }: Claim,
  holdings: readonly ReportedHolding[],
): readonly ReportedHolding[] {
  if (holdings.length === 1) return holdings
  const { tokens } = scene
  const numbers = clauseAt(scene, at).filter((index) => tokens[index]?.kind === 'number')
  const own = holdings[numbers.indexOf(at)]
  return numbers.length === holdings.length && own ? [own] : holdings
}

export const repeatsAll = (claim: Claim, facts: readonly (StatedNumber | undefined)[]): boolean =>
  facts.length > 0 && facts.every((fact) => fact !== undefined && confirms(claim, fact))

export const isInParenthesis = ({ tokens }: Scene, at: number): boolean =>
  markOf(tokens[at - 1]) === '(' && markOf(tokens[at + 1]) === ')'
