import type { ConfirmedNumber } from './claim.ts'
import { findDirections } from './cues.ts'
import { isDirectionTrue, isFlatTrue } from './moves.ts'
import { judges } from './orders.ts'
import { hasStrayWord, hasUnconfirmedClause, isNegationClear } from './restraint.ts'
import type { Scene } from './scene.ts'
import { wordAt } from './tokens.ts'
import { flatWords } from './vocabulary.ts'

/** What one word says is so, is not so, or is not judged here. */
function judgeWord(
  scene: Scene,
  at: number,
  numbers: readonly ConfirmedNumber[],
): boolean | undefined {
  const [found] = findDirections(scene, [at])
  const verdicts = [
    found && isDirectionTrue(scene, found, numbers),
    flatWords.has(wordAt(scene.tokens, at)) ? isFlatTrue(scene, at) : undefined,
    ...judges.map((judge) => judge(scene, at)),
  ].filter((verdict) => verdict !== undefined)
  return verdicts.length === 0 ? undefined : !verdicts.includes(false)
}

/** Whether everything that the words of a sentence say is so; its numbers were confirmed before. */
export function confirmWords(scene: Scene, numbers: readonly ConfirmedNumber[]): boolean {
  const { tokens, clauseOf } = scene
  const indexes = tokens.map((_token, at) => at)
  if (!indexes.every((at) => isNegationClear(scene, at)) || hasStrayWord(scene)) return false
  const verdicts = indexes.map((at) => judgeWord(scene, at, numbers))
  if (verdicts.includes(false)) return false
  const confirmedAt = [...numbers.map(({ at }) => at), ...indexes.filter((at) => verdicts[at])]
  const confirmed = new Set(confirmedAt.map((at) => clauseOf[at] ?? 0))
  return confirmed.size > 0 && !hasUnconfirmedClause(scene, confirmed)
}
