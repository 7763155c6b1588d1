import { confirmNumbers } from './numbers.ts'
import { carry, type Carried, readScene, type Scene } from './scene.ts'
import type { ReportedFacts } from './reported.ts'
import { readTokens, type Token, wordOf, wordAt } from './tokens.ts'
import { adviceWords, directionWords, flatWords, neutralMoves, plainWords } from './vocabulary.ts'
import type { ConfirmedNumber } from './claim.ts'
import { findDirections } from './cues.ts'
import { isDirectionTrue, isFlatTrue } from './moves.ts'
import { judges } from './orders.ts'
import { hasStrayWord, hasUnconfirmedClause, isNegationClear } from './restraint.ts'

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
function confirmWords(scene: Scene, numbers: readonly ConfirmedNumber[]): boolean {
  const { tokens, clauseOf } = scene
  const indexes = tokens.map((_token, at) => at)
  if (!indexes.every((at) => isNegationClear(scene, at)) || hasStrayWord(scene)) return false
  const verdicts = indexes.map((at) => judgeWord(scene, at, numbers))
  if (verdicts.includes(false)) return false
  const confirmedAt = [...numbers.map(({ at }) => at), ...indexes.filter((at) => verdicts[at])]
  const confirmed = new Set(confirmedAt.map((at) => clauseOf[at] ?? 0))
  return confirmed.size > 0 && !hasUnconfirmedClause(scene, confirmed)
}

/** What is wrong with a sentence. */
export type SentenceFault = 'ADVICE' | 'WORDS' | 'NUMBERS' | 'CLAIM'

/** Sentences that claim nothing that could be wrong. */
const harmless: readonly RegExp[] = [
  /^(?:it|this|that) is worth a closer look$/,
  /^that is what stands out(?: right now| at the moment)?$/,
]

const nothing = /^nothing (?:else )?(?:in it )?stands out(?: right now| at the moment)?$/

const isKnown = (token: Token): boolean => {
  const word = wordOf(token)
  return (
    word === undefined ||
    plainWords.has(word) ||
    directionWords.has(word) ||
    flatWords.has(word) ||
    neutralMoves.has(word)
  )
}

const bare = (sentence: string): string => sentence.replace(/[.!]+$/u, '').toLowerCase()

interface Reading {
  readonly reported: ReportedFacts
  readonly assetIds: readonly string[]
  readonly carried: Carried
}

interface Judged {
  readonly fault: SentenceFault | undefined
  readonly carried: Carried
}

const refuse = (fault: SentenceFault): Judged => ({ fault, carried: undefined })

/** Sentences that are known as a whole; undefined for all others. */
function judgeKnown(sentence: string, { reported, carried }: Reading): Judged | undefined {
  const text = bare(sentence)
  if (harmless.some((form) => form.test(text))) return { fault: undefined, carried }
  if (!nothing.test(text)) return undefined
  const isTrue = reported.sentences.length === 0 || text.startsWith('nothing else')
  return isTrue ? { fault: undefined, carried } : refuse('CLAIM')
}

function judgeTokens(tokens: readonly Token[], { reported, carried }: Reading): Judged {
  const scene = readScene(tokens, reported, carried)
  const numbers = confirmNumbers(scene)
  if (!numbers) return refuse('NUMBERS')
  return confirmWords(scene, numbers)
    ? { fault: undefined, carried: carry(scene) }
    : refuse('CLAIM')
}

function judgeSentence(sentence: string, reading: Reading): Judged {
  const known = judgeKnown(sentence, reading)
  if (known) return known
  if (sentence.includes('?')) return refuse('ADVICE')
  const { reported, assetIds, carried } = reading
  const tokens = readTokens(sentence, assetIds)
  if (!tokens) return refuse('WORDS')
  if (tokens.some((token) => adviceWords.has(wordOf(token) ?? ''))) return refuse('ADVICE')
  if (!tokens.every(isKnown)) return refuse('WORDS')
  // The findings' own sentences are facts.
  if (reported.sentences.includes(sentence)) {
    return { fault: undefined, carried: carry(readScene(tokens, reported, carried)) }
  }
  return judgeTokens(tokens, reading)
}

/**
 * The first thing that is wrong with the sentences of a text, if anything. Every number, direction and order must be
 * found in the facts, said of what they are facts of; what is not understood is refused, because the rules can always
 * write a text instead.
 */
export function judgeSentences(
  sentences: readonly string[],
  reported: ReportedFacts,
  assetIds: readonly string[],
): SentenceFault | undefined {
  let carried: Carried
  for (const sentence of sentences) {
    const judged = judgeSentence(sentence, { reported, assetIds, carried })
    if (judged.fault) return judged.fault
    carried = judged.carried
  }
  return undefined
}
