import { readClauses, readList, skipParenthesis } from './clauses.ts'
import { readRank } from './ranks.ts'
import type { ReportedFacts, ReportedHolding } from './reported.ts'
import { type Token, wordAt, wordOf } from './tokens.ts'
import { assetsWords, positionWords, wholeWords } from './vocabulary.ts'

/** What a statement is about. `unclear` is never confirmed. */
export type Subject =
  | { readonly kind: 'holdings'; readonly assetIds: readonly string[] }
  | { readonly kind: 'assets'; readonly isEach: boolean }
  | { readonly kind: 'portfolio' | 'cash' | 'stablecoins' | 'trades' | 'unclear' }

/** Where a subject is named: tokens from `at` to before `end`. */
export interface Mention {
  readonly at: number
  readonly end: number
  readonly subject: Subject
}

/** One sentence as the checks see it. */
export interface Scene {
  readonly reported: ReportedFacts
  readonly tokens: readonly Token[]
  /** The number of the clause of each token. */
  readonly clauseOf: readonly number[]
  readonly mentions: readonly Mention[]
}

export const unclear: Subject = { kind: 'unclear' }
export const holdingsOf = (...assetIds: readonly string[]): Subject => ({
  kind: 'holdings',
  assetIds,
})

/** The words of a sentence; empty where a token is none. */
export const wordsOf = (scene: Scene): readonly string[] =>
  scene.tokens.map((token) => wordOf(token) ?? '')

/** Whether two tokens are of one clause. */
export const isInClause = ({ clauseOf }: Scene, a: number, b: number): boolean =>
  clauseOf[a] === clauseOf[b]

/** The reported holdings of a subject; none when one of them is not reported, or when it is not a holding. */
export function holdingsFor(subject: Subject, reported: ReportedFacts): readonly ReportedHolding[] {
  if (subject.kind === 'assets' && subject.isEach) {
    return reported.holdings.length === reported.assetCount ? reported.holdings : []
  }
  if (subject.kind !== 'holdings') return []
  const found = subject.assetIds.flatMap(
    (id) => reported.holdings.find(({ assetId }) => assetId === id) ?? [],
  )
  return found.length === subject.assetIds.length ? found : []
}

export const isSame = (a: Subject, b: Subject): boolean => JSON.stringify(a) === JSON.stringify(b)

export const pronouns: ReadonlySet<string> = new Set([
  'it',
  'its',
  'itself',
  'this',
  'that',
  'which',
  'they',
  'them',
  'their',
  'these',
  'those',
])
const fillers = new Set([
  'your',
  'the',
  'its',
  'all',
  'these',
  'those',
  'total',
  'whole',
  'a',
  'an',
  'single',
  'one',
])
const complementWords = new Set(['of', 'across', 'within', 'in', 'into', 'dominates', 'dominate'])

/** Whether a word such as "portfolio" only completes another: "of your portfolio". */
function isComplement(tokens: readonly Token[], index: number): boolean {
  let before = index - 1
  while (fillers.has(wordAt(tokens, before))) before -= 1
  return complementWords.has(wordAt(tokens, before))
}

function readAssets(scene: Omit<Scene, 'mentions'>, index: number): Mention {
  const { tokens } = scene
  const { ids, end } = readList(tokens, index)
  // "BTC and cash": what is said of both together is not in the facts.
  const isMixed = wordOf(tokens[end]) === 'and' && wordOf(tokens[end + 1]) === 'cash'
  const isAfterCash = wordOf(tokens[index - 1]) === 'and' && wordOf(tokens[index - 2]) === 'cash'
  return { at: index, end, subject: isMixed || isAfterCash ? unclear : holdingsOf(...ids) }
}

const quantifiers = new Set(['both', 'all', 'each', 'every'])

const plainSubjects: ReadonlyMap<string, Subject> = new Map<string, Subject>([
  ['cash', { kind: 'cash' }],
  ['stablecoins', { kind: 'stablecoins' }],
  ['trades', { kind: 'trades' }],
  ['transactions', { kind: 'trades' }],
  ['purchases', { kind: 'trades' }],
])

/** "your assets", "all your holdings", "other holdings". */
function readAssetsWord(tokens: readonly Token[], index: number): Subject | undefined {
  const isEach = isQuantified(tokens, index)
  if (isComplement(tokens, index) && !isEach) return undefined
  return wordAt(tokens, index - 1) === 'other' ? unclear : { kind: 'assets', isEach }
}

/** "One asset dominates": the largest, whichever it is. */
function readSingle(
  tokens: readonly Token[],
  index: number,
  reported: ReportedFacts,
): Subject | undefined {
  const before = wordAt(tokens, index - 1)
  const [largest] = reported.holdings
  const isSingle = before === 'one' || before === 'single'
  return isSingle && largest ? holdingsOf(largest.assetId) : undefined
}

/** What a plain word is about, if anything. */
function readWord(
  { tokens, reported }: Omit<Scene, 'mentions'>,
  index: number,
  word: string,
): Subject | undefined {
  if (wholeWords.has(word)) return isComplement(tokens, index) ? undefined : { kind: 'portfolio' }
  if (assetsWords.has(word)) return readAssetsWord(tokens, index)
  if (positionWords.has(word)) return readSingle(tokens, index, reported)
  return plainSubjects.get(word)
}

function isQuantified(tokens: readonly Token[], index: number): boolean {
  // "all your assets", "your assets all rose".
  const words = [-3, -2, -1, 1].map((away) => wordAt(tokens, index + away))
  return words.some((word) => quantifiers.has(word))
}

/** Who is meant by "it" at the beginning of a sentence: the one subject of the sentence before. */
export type Carried = Subject | undefined

/** Reads a sentence: its clauses, and every place where it names what it speaks of. */
export function readScene(
  tokens: readonly Token[],
  reported: ReportedFacts,
  carried: Carried,
): Scene {
  const base = { reported, tokens, clauseOf: readClauses(tokens) }
  const mentions: Mention[] = []
  for (let index = 0; index < tokens.length;) {
    const mention = readMention(base, index, mentions.at(-1)?.subject ?? carried)
    if (mention) mentions.push(mention)
    index = mention?.end ?? index + 1
  }
  return { ...base, mentions }
}

function readMention(
  scene: Omit<Scene, 'mentions'>,
  index: number,
  earlier: Subject | undefined,
): Mention | undefined {
  const token = scene.tokens[index]
  if (token?.kind === 'asset') return readAssets(scene, index)
  const word = wordOf(token)
  if (word === undefined) return undefined
  const rank = readRank(scene, index)
  if (rank) {
    const subject = rank.holding ? holdingsOf(rank.holding.assetId) : unclear
    return { at: index, end: rank.end, subject }
  }
  if (pronouns.has(word)) return { at: index, end: index + 1, subject: earlier ?? unclear }
  const subject = readWord(scene, index, word)
  return subject && { at: index, end: index + 1, subject }
}

/** The subject that a sentence leaves for a pronoun of the next; none when it speaks of several. */
export function carry({ mentions }: Scene): Carried {
  const [first, ...rest] = mentions
  if (!first) return undefined
  return rest.every(({ subject }) => isSame(subject, first.subject)) ? first.subject : unclear
}

const linkWords = new Set(['of', 'in', 'into', 'on', 'for', 'worth'])
const articles = new Set(['your', 'the', 'its', 'a', 'an'])

/** The mention that follows directly, through words such as "in your": "$8,000.00 of BTC". */
function findLinked({ tokens, mentions }: Scene, from: number): Mention | undefined {
  let at = from
  while (linkWords.has(wordAt(tokens, at))) at += 1
  if (at === from) return undefined
  while (articles.has(wordAt(tokens, at))) at += 1
  const mention = mentions.find((each) => each.at === at)
  return mention && mention.subject.kind !== 'portfolio' ? mention : undefined
}

const adjectiveNouns = new Set(['portfolio', 'cash'])

/** What a number or a word is said of: what follows it directly, else what was named last before it, else what comes first behind it. */
export function subjectAt(scene: Scene, index: number, isNoun: boolean): Subject {
  const { tokens, mentions } = scene
  if (isNoun) {
    let next = skipParenthesis(tokens, index + 1)
    const word = wordAt(tokens, next)
    if (adjectiveNouns.has(word)) return { kind: word as 'portfolio' | 'cash' }
    if (positionWords.has(word) || isResultNoun(word)) next += 1
    const linked = findLinked(scene, next)
    if (linked) return linked.subject
  }
  const before = mentions.findLast(({ end }) => end <= index)
  if (before) return before.subject
  return mentions.find(({ at }) => at > index)?.subject ?? unclear
}

const isResultNoun = (word: string): boolean =>
  [
    'gain',
    'loss',
    'rise',
    'fall',
    'drop',
    'decline',
    'increase',
    'decrease',
    'jump',
    'dip',
    'slide',
    'profit',
    'change',
    'move',
  ].includes(word)
