import { pronouns, type Scene } from './scene.ts'
import { markOf, type Token, wordAt, wordOf } from './tokens.ts'
import { type DirectionWord, directionWords, shareWords } from './vocabulary.ts'

/** A word that gives a direction, with where it stands. */
export interface FoundDirection extends DirectionWord {
  readonly at: number
  /** Whether "not" stands before it. */
  readonly isDenied: boolean
}

/** The tokens of one clause, by index. */
export const clauseAt = ({ tokens, clauseOf }: Scene, index: number): readonly number[] =>
  tokens.flatMap((_token, at) => (clauseOf[at] === clauseOf[index] ? [at] : []))

const wordsAt = ({ tokens }: Scene, indexes: readonly number[]): readonly string[] =>
  indexes.map((at) => wordAt(tokens, at))

const costWords = ['paid', 'cost', 'costs', 'basis', 'bought']

/** Whether the cost is what something is compared with: "more than you paid", "below its cost". */
function isAgainstCost(tokens: readonly Token[], from: number): boolean {
  const behind = tokens
    .slice(from + 1, from + 6)
    .map((token) => wordOf(token) ?? markOf(token) ?? '')
  const end = behind.findIndex((text) => costWords.includes(text))
  const through = ['than', 'you', 'what', 'it', 'they', 'its', 'your', 'their', 'the', 'for', 'was']
  return end >= 0 && behind.slice(0, end).every((text) => through.includes(text))
}

const comparing: ReadonlyMap<string, 'up' | 'down'> = new Map([
  ['more', 'up'],
  ['above', 'up'],
  ['over', 'up'],
  ['less', 'down'],
  ['below', 'down'],
  ['under', 'down'],
])

const makeWords = new Set(['make', 'makes', 'made', 'making', 'add', 'adds', 'added', 'adding'])

/** "in the red" is a loss, "in the green" a profit. */
const colours: ReadonlyMap<string, 'up' | 'down'> = new Map([
  ['red', 'down'],
  ['green', 'up'],
  ['black', 'up'],
])

const asResult = (direction: 'up' | 'down' | undefined): DirectionWord | undefined =>
  direction && { direction, kind: 'result', isStrong: false }

/** The direction that a token gives; "makes up" gives none. */
function directionAt({ tokens }: Scene, at: number): DirectionWord | undefined {
  const word = wordAt(tokens, at)
  const before = wordAt(tokens, at - 1)
  if (comparing.has(word)) {
    return isAgainstCost(tokens, at) ? asResult(comparing.get(word)) : undefined
  }
  if (word === 'up' && makeWords.has(before)) return undefined
  const isColour = before === 'the' && wordAt(tokens, at - 2) === 'in'
  return (isColour ? asResult(colours.get(word)) : undefined) ?? directionWords.get(word)
}

const isDeniedAt = ({ tokens }: Scene, at: number): boolean =>
  [1, 2, 3].some((back) => wordAt(tokens, at - back) === 'not')

export const findDirections = (
  scene: Scene,
  indexes: readonly number[],
): readonly FoundDirection[] =>
  indexes.flatMap((at) => {
    const found = directionAt(scene, at)
    return found ? [{ ...found, at, isDenied: isDeniedAt(scene, at) }] : []
  })

export interface Cues {
  readonly directions: readonly FoundDirection[]
  /** The last 24 hours. */
  readonly isOfDay: boolean
  /** Since the purchase. */
  readonly isOfCost: boolean
  readonly isShare: boolean
  /** A share itself is spoken of; what it was before is in no fact. */
  readonly isOfShare: boolean
  readonly isTrade: boolean
  readonly isOpenOrders: boolean
}

const costPhrases = new Set(['paid', 'cost', 'costs', 'basis', 'unrealised', 'unrealized', 'paper'])
const shareNouns = new Set(
  'share shares weight weighting allocation exposure portion stake concentration'.split(' '),
)
const tradeVerbs = new Set(['bought', 'sold'])
const orderWords = new Set(['waits', 'waiting', 'reserved', 'tied', 'aside', 'open'])

const hasAny = (words: readonly string[], known: ReadonlySet<string>): boolean =>
  words.some((word) => known.has(word))

const isPhrase = (words: readonly string[], ...phrase: readonly string[]): boolean =>
  words.some((_word, at) => phrase.every((each, index) => words[at + index] === each))

function isDayTold(words: readonly string[]): boolean {
  return (
    hasAny(words, new Set(['24h', 'today', 'daily'])) ||
    words.some((word, at) => word === 'day' && words[at + 1] !== 'ago')
  )
}

const isCostTold = (words: readonly string[]): boolean =>
  hasAny(words, costPhrases) || isPhrase(words, 'since', 'you', 'bought')

function isShareTold(words: readonly string[]): boolean {
  const isMade = words.some((word, at) => makeWords.has(word) && words[at + 1] === 'up')
  const isOfWhole = words.some((word, at) => {
    const isWhole = [
      'portfolio',
      'total',
      'holdings',
      'assets',
      'whole',
      'balance',
      'it',
      'money',
    ].includes(word)
    const opening = words.slice(Math.max(0, at - 3), at)
    return isWhole && opening.includes('of')
  })
  const others = words.filter((word) => shareWords.has(word) && !makeWords.has(word))
  return isMade || isOfWhole || others.length > 0
}

/** A clause without a subject and without a move speaks for the whole sentence: "Over the last 24 hours, …". */
function isAdverbial(scene: Scene, indexes: readonly number[]): boolean {
  const { tokens, mentions } = scene
  const hasNumber = indexes.some((at) => tokens[at]?.kind === 'number')
  const isNaming = mentions.some(
    ({ at }) => indexes.includes(at) && !pronouns.has(wordAt(tokens, at)),
  )
  return !hasNumber && !isNaming && findDirections(scene, indexes).length === 0
}

function adverbialWords(scene: Scene): readonly string[] {
  const clauses = [...new Set(scene.clauseOf)]
  return clauses.flatMap((clause) => {
    const indexes = scene.clauseOf.flatMap((each, at) => (each === clause ? [at] : []))
    return isAdverbial(scene, indexes) ? wordsAt(scene, indexes) : []
  })
}

/** What the words of a clause say about the kind of its figures. */
export function readCues(scene: Scene, index: number): Cues {
  const indexes = clauseAt(scene, index)
  const words = wordsAt(scene, indexes)
  const around = [...words, ...adverbialWords(scene)]
  return {
    directions: findDirections(scene, indexes),
    isOfDay: isDayTold(around),
    isOfCost: isCostTold(around),
    isShare: isShareTold(words),
    isOfShare: hasAny(words, shareNouns),
    isTrade: hasAny(words, tradeVerbs) && !isPhrase(words, 'since', 'you', 'bought'),
    isOpenOrders:
      hasAny(words, orderWords) && words.some((word) => word === 'orders' || word === 'aside'),
  }
}
