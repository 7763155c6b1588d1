import { BadInput } from '@cnop/kit/errors'
import { divide } from '@cnop/kit/money'
import { limits } from '@cnop/schema/limits'
import type { PriceDirection } from './nearest-waiting.ts'
import { basisPoints } from './trade-amounts.ts'

/** What an alert that repeats keeps of itself. `Amount` is a price, or the value of a portfolio. */
export interface Repeat<Amount extends bigint> {
  /** Where it re-arms once it has fired. */
  readonly rearmAt: Amount
  /** Whether it waits for its target; else it has fired, and waits for `rearmAt`. */
  readonly isArmed: boolean
  /** How often it has fired. */
  readonly fires: number
  /** When it fired last, at most as often as it may within an hour, the oldest first. */
  readonly firedAt: readonly string[]
}

/** How far an alert has to go back: a part of its target, or an amount. */
export type RearmDistance<Amount extends bigint> =
  | { readonly points: number; readonly amount: undefined }
  | { readonly amount: Amount; readonly points: undefined }

export interface RepeatInput<Amount extends bigint> {
  readonly repeats?: boolean | null | undefined
  readonly rearmBasisPoints?: number | null | undefined
  readonly rearmAmount?: Amount | null | undefined
}

/** What a request says of repeating, as far as that can be checked without the target; undefined for an alert that fires once. */
export function checkRepeat<Amount extends bigint>({
  repeats,
  rearmBasisPoints: points,
  rearmAmount: amount,
}: RepeatInput<Amount>): RearmDistance<Amount> | undefined {
  if (amount == null && points == null && !repeats) return undefined
  if (!repeats) {
    const field = points == null ? 'rearmAmount' : 'rearmBasisPoints'
    throw new BadInput(field, 'belongs to an alert that repeats')
  }
  if (amount == null) return { points: checkPoints(points ?? limits.usualRearm), amount: undefined }
  if (points == null) return { amount, points: undefined }
  throw new BadInput('rearmAmount', 'cannot be given together with rearmBasisPoints')
}

function checkPoints(points: number): number {
  const { leastRearm, greatestRearm } = limits
  if (points >= leastRearm && points <= greatestRearm) return points
  throw new BadInput('rearmBasisPoints', `must be ${leastRearm} to ${greatestRearm}`)
}

interface Target<Amount extends bigint> {
  readonly direction: PriceDirection
  readonly at: Amount
  readonly format: (amount: Amount) => string
}

/** Where an alert re-arms: on the side that it comes from, at no less than the distance from its target. */
export function rearmLevel<Amount extends bigint>(
  { direction, at, format }: Target<Amount>,
  distance: RearmDistance<Amount>,
): Amount {
  const amount = distance.points === undefined ? distance.amount : partOf(at, distance.points, 'up')
  const [least, most] = [partOf(at, limits.leastRearm, 'up'), partOf(at, limits.greatestRearm)]
  // A part of the smallest unit would be all of it.
  if (least > most) throw new BadInput('repeats', 'needs a larger target')
  if (distance.points === undefined && (amount < least || amount > most)) {
    const [lowest, highest] = [limits.leastRearm / 100, limits.greatestRearm / 100]
    const range = `${format(least)} to ${format(most)}`
    throw new BadInput('rearmAmount', `must be ${lowest} % to ${highest} % of the target: ${range}`)
  }
  return (direction === 'ABOVE' ? at - amount : at + amount) as Amount
}

const partOf = <Amount extends bigint>(
  whole: Amount,
  points: number,
  round: 'up' | 'down' = 'down',
): Amount => divide(whole * BigInt(points), basisPoints, round) as Amount

/** An alert that repeats, before it has fired. */
export const armed = <Amount extends bigint>(rearmAt: Amount): Repeat<Amount> => ({
  rearmAt,
  isArmed: true,
  fires: 0,
  firedAt: [],
})

const hourMs = 3_600_000

/**
 * The state after the target was reached. A value that swings around the target fires a bounded number of times within an hour; what
 * crosses it more often disarms the alert in silence.
 */
export function fired<Amount extends bigint>(
  repeat: Repeat<Amount>,
  at: string,
): { readonly repeat: Repeat<Amount>; readonly isSilent: boolean } {
  const { mostFiresPerHour } = limits
  const since = Date.parse(at) - hourMs
  const recent = repeat.firedAt.filter((time) => Date.parse(time) > since)
  if (recent.length >= mostFiresPerHour) {
    return { repeat: { ...repeat, isArmed: false }, isSilent: true }
  }
  const firedAt = [...repeat.firedAt, at].slice(-mostFiresPerHour)
  return {
    repeat: { ...repeat, isArmed: false, fires: repeat.fires + 1, firedAt },
    isSilent: false,
  }
}

/** Whether an alert that has just fired is silent for some time now. */
export function isSpent<Amount extends bigint>({ firedAt }: Repeat<Amount>): boolean {
  const [first, last] = [firedAt[0], firedAt.at(-1)]
  return (
    firedAt.length >= limits.mostFiresPerHour &&
    Date.parse(last ?? '') - Date.parse(first ?? '') < hourMs
  )
}
