import type { StatedNumber } from '../stated-numbers.ts'
import {
  type Claim,
  confirms,
  type ConfirmedNumber,
  isInParenthesis,
  levelWords,
  ownOfList,
  repeatsAll,
} from './claim.ts'
import { clauseAt, type Cues } from './cues.ts'
import { holdingsFor } from './scene.ts'
import type { ReportedFacts, ReportedHolding } from './reported.ts'
import { wordAt } from './tokens.ts'
import { type Direction, neutralMoves } from './vocabulary.ts'

const signOf = (direction: Direction): '+' | '-' => (direction === 'up' ? '+' : '-')
const directionOf = (sign: '+' | '-'): Direction => (sign === '+' ? 'up' : 'down')

/** The one direction of a clause; undefined for none, null when its words disagree or deny. */
function oneDirection({ directions }: Cues): Direction | undefined | null {
  if (directions.some(({ isDenied }) => isDenied)) return null
  const [first, ...rest] = directions
  return rest.every(({ direction }) => direction === first?.direction) ? first?.direction : null
}

/** The facts that a change may repeat, for one holding. */
function changesOf(holding: ReportedHolding, { number, cues }: Claim): readonly StatedNumber[] {
  if (cues.isOfDay && cues.isOfCost) return []
  if (number.unit === 'DOLLARS') return cues.isOfDay ? [] : [holding.gain]
  // Only a gain, a loss or a sign may be of the purchase without saying so.
  const isMotion = cues.directions.some(({ kind }) => kind !== 'result')
  const ofDay = cues.isOfCost ? [] : [holding.change]
  const ofCost = cues.isOfDay || (isMotion && !cues.isOfCost) ? [] : [holding.gainShare]
  return [...ofDay, ...ofCost].filter((fact) => fact !== undefined)
}

/** Whether a change repeats one of the facts; nothing rises or falls by nothing. */
const repeatsOne = (claim: Claim, direction: Direction, facts: readonly StatedNumber[]): boolean =>
  facts.some(
    (fact) =>
      fact.size > 0 &&
      confirms({ number: { ...claim.number, sign: signOf(direction) }, bound: claim.bound }, fact),
  )

/** Of all assets together only the change of the day is known, in percent. */
function isChangeOfAssets(claim: Claim, direction: Direction): boolean {
  const { number, cues, scene } = claim
  const { assetsChange } = scene.reported
  const isOfDay = number.unit === 'PERCENT' && !cues.isOfCost
  return isOfDay && assetsChange !== undefined && repeatsOne(claim, direction, [assetsChange])
}

function confirmChange(claim: Claim, direction: Direction): ConfirmedNumber | undefined {
  const { at, subject, scene } = claim
  const confirmed = { at, subject, direction }
  if (subject.kind === 'assets' && !subject.isEach) {
    return isChangeOfAssets(claim, direction) ? confirmed : undefined
  }
  const own = ownOfList(claim, holdingsFor(subject, scene.reported))
  const isTrue = own.every((holding) => repeatsOne(claim, direction, changesOf(holding, claim)))
  return own.length > 0 && isTrue ? confirmed : undefined
}

export function confirmMove(claim: Claim): ConfirmedNumber | undefined {
  const { number, cues, at, subject, scene } = claim
  const reported = oneDirection(cues)
  if (reported === null || cues.isOfShare) return undefined
  if (number.sign) {
    const direction = directionOf(number.sign)
    return reported === undefined || reported === direction
      ? confirmChange(claim, direction)
      : undefined
  }
  if (reported) return confirmChange(claim, reported)
  const words = clauseAt(scene, at).map((index) => wordAt(scene.tokens, index))
  if (!words.some((word) => neutralMoves.has(word))) return undefined
  const found = confirmChange(claim, 'up') ?? confirmChange(claim, 'down')
  return found && { at, subject, direction: undefined }
}

/** A share of the portfolio. */
function confirmShare(claim: Claim): ConfirmedNumber | undefined {
  const { scene, at, subject } = claim
  const { reported } = scene
  if (claim.number.sign) return undefined
  const facts = sharesOf(claim, reported)
  return repeatsAll(claim, facts) ? { at, subject, direction: undefined } : undefined
}

function sharesOf(claim: Claim, reported: ReportedFacts): readonly (StatedNumber | undefined)[] {
  const { subject } = claim
  if (subject.kind === 'cash') return [reported.cashShare]
  if (subject.kind === 'stablecoins') return [reported.findings.get('STABLECOIN_SHARE')?.[0]]
  return ownOfList(claim, holdingsFor(subject, reported)).map(({ share }) => share)
}

/** What is known of the numbers before one. */
export interface Earlier {
  readonly confirmed: readonly ConfirmedNumber[]
  readonly inherited: 'share' | undefined
}

/** "(64.8%)" behind a ticker is its share; behind a number it is the same in percent. */
function confirmParenthesis(claim: Claim, { confirmed }: Earlier): ConfirmedNumber | undefined {
  const { scene, at, number } = claim
  if (number.sign) return confirmMove(claim)
  if (scene.tokens[at - 2]?.kind === 'asset') return confirmShare(claim)
  const same = confirmed.find((each) => each.at === at - 2)
  if (!same) return undefined
  return same.direction ? confirmChange(claim, same.direction) : confirmShare(claim)
}

export function confirmPercent(claim: Claim, earlier: Earlier): ConfirmedNumber | undefined {
  const { scene, at, cues, number } = claim
  if (isInParenthesis(scene, at)) return confirmParenthesis(claim, earlier)
  const before = wordAt(scene.tokens, at - 1)
  const isMoved = cues.directions.length > 0 && !levelWords.has(before)
  if (number.sign || isMoved) return confirmMove(claim)
  const isShown = cues.directions.length === 0 && (before === 'at' || before === 'with')
  const isShare = cues.isShare || earlier.inherited || isShown
  return isShare ? confirmShare(claim) : confirmMove(claim)
}
