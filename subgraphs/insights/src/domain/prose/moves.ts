import type { ConfirmedNumber } from './claim.ts'
import { clauseAt, type FoundDirection, readCues } from './cues.ts'
import { holdingsFor, isSame, type Scene, type Subject, subjectAt } from './scene.ts'
import type { ReportedFacts } from './reported.ts'
import { wordAt } from './tokens.ts'

/** The least change, in percent, that may be called a surge or a crash, and the most that may be called none. */
const strongFrom = 5
const flatUpTo = 0.5

const signedSize = (stated: { size: number; sign: '+' | '-' | undefined }): number =>
  stated.sign === '-' ? -stated.size : stated.size

/** The signed changes that a word without a number speaks of; undefined when there is none or one of them is unknown. */
function changesFor(
  subject: Subject,
  reported: ReportedFacts,
  isOfCost: boolean,
): readonly number[] | undefined {
  if (subject.kind === 'assets' && !subject.isEach) {
    const change = isOfCost ? undefined : reported.assetsChange
    return change && [signedSize(change)]
  }
  const facts = holdingsFor(subject, reported).map(({ change, gain }) => (isOfCost ? gain : change))
  const known = facts.flatMap((fact) => (fact ? [signedSize(fact)] : []))
  return facts.length > 0 && known.length === facts.length ? known : undefined
}

const nounForms = new Set(
  `gain gains loss losses rise fall drop decline increase decrease jump dip slide rally profit profits recovery slump
  advance surge plunge crash improvement drawdown setback`.split(/\s+/),
)

function agrees(changes: readonly number[], found: FoundDirection): boolean {
  const { direction, isDenied, isStrong } = found
  return changes.every((change) => {
    const signed = direction === 'up' ? change : -change
    if (isDenied) return signed <= 0
    return signed > 0 && (!isStrong || signed >= strongFrom)
  })
}

/** Whether a word that gives a direction agrees with what it is said of. */
export function isDirectionTrue(
  scene: Scene,
  found: FoundDirection,
  numbers: readonly ConfirmedNumber[],
): boolean {
  const { reported, tokens } = scene
  const subject = subjectAt(scene, found.at, nounForms.has(wordAt(tokens, found.at)))
  const clause = clauseAt(scene, found.at)
  const own = numbers.filter(({ at }) => clause.includes(at))
  const matching = own.find((number) => number.direction && isSame(number.subject, subject))
  if (matching) {
    return matching.direction === found.direction && isStrengthTrue(scene, found, matching)
  }
  // A number of the clause that is a change of another subject leaves the word without a sense that can be checked.
  if (own.some(({ direction }) => direction)) return false
  const { isOfDay, isOfCost, isOfShare } = readCues(scene, found.at)
  if (isOfShare || (isOfDay && isOfCost)) return false
  const isCost = isOfCost || (found.kind === 'result' && !isOfDay)
  const changes = changesFor(subject, reported, isCost)
  return changes !== undefined && agrees(changes, found)
}

/** "soared 0.3%" has the right sign, but exaggerates. */
function isStrengthTrue(
  scene: Scene,
  { isStrong }: FoundDirection,
  { at }: ConfirmedNumber,
): boolean {
  const token = scene.tokens[at]
  if (!isStrong || token?.kind !== 'number') return !isStrong
  return token.number.unit === 'PERCENT' && token.number.size >= strongFrom
}

export function isFlatTrue(scene: Scene, at: number): boolean {
  const changes = changesFor(subjectAt(scene, at, false), scene.reported, false)
  const isDenied = wordAt(scene.tokens, at - 1) === 'not'
  const isFlat = changes?.every((change) => Math.abs(change) <= flatUpTo)
  return changes !== undefined && isFlat !== isDenied
}
