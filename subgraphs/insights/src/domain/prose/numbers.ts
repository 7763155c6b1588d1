import type { StatedNumber } from '../stated-numbers.ts'
import { confirmCount, confirmDollars, confirmTrade } from './amounts.ts'
import { confirmPercent, type Earlier } from './changes.ts'
import { boundAt, type Claim, type ConfirmedNumber, isInParenthesis } from './claim.ts'
import { type Cues, readCues } from './cues.ts'
import { type Scene, type Subject, subjectAt } from './scene.ts'
import { wordAt } from './tokens.ts'

/** Whether a clause has nothing that says of which kind its number is: "…, cash 19.0% and ETH 12.2%". */
const isElliptic = ({ directions, isShare, isOfCost, isOfDay, isTrade }: Cues): boolean =>
  directions.length === 0 && !isShare && !isOfCost && !isOfDay && !isTrade

/** The same thing is meant by "$500.00 (20.0%)". */
function subjectOfNumber(scene: Scene, at: number, confirmed: readonly ConfirmedNumber[]): Subject {
  const same = isInParenthesis(scene, at) && confirmed.find((each) => each.at === at - 2)
  return same ? same.subject : subjectAt(scene, at, true)
}

function confirmNext(
  scene: Scene,
  at: number,
  number: StatedNumber,
  { confirmed, inherited }: Earlier,
): ConfirmedNumber | undefined {
  if (wordAt(scene.tokens, at - 1) === 'from') return undefined
  const cues = readCues(scene, at)
  const subject = subjectOfNumber(scene, at, confirmed)
  const claim = { scene, at, number, cues, subject, bound: boundAt(scene, at) }
  return confirmOne(claim, { confirmed, inherited: isElliptic(cues) ? inherited : undefined })
}

/** Every number of a sentence, or undefined when one of them is not what the facts say. */
export function confirmNumbers(scene: Scene): readonly ConfirmedNumber[] | undefined {
  const confirmed: ConfirmedNumber[] = []
  let inherited: 'share' | undefined
  for (const [at, token] of scene.tokens.entries()) {
    if (token.kind !== 'number') continue
    const found = confirmNext(scene, at, token.number, { confirmed, inherited })
    if (!found) return undefined
    confirmed.push(found)
    inherited = token.number.unit === 'PERCENT' && !found.direction ? 'share' : undefined
  }
  return confirmed
}

function confirmOne(claim: Claim, earlier: Earlier): ConfirmedNumber | undefined {
  const { number, cues } = claim
  if (cues.isTrade) return confirmTrade(claim)
  if (number.unit === 'PLAIN') return confirmCount(claim)
  return number.unit === 'PERCENT' ? confirmPercent(claim, earlier) : confirmDollars(claim)
}
