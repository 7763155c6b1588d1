import { clauseAt, findDirections } from './cues.ts'
import { type Scene, wordsOf } from './scene.ts'
import { wordAt, wordOf } from './tokens.ts'
import { assetsWords, directionWords, flatWords, negations, positionWords } from './vocabulary.ts'

/** Words that are right only beside certain others; anything else about them is not understood. */
const companions: Readonly<Record<string, (words: readonly string[], at: number) => boolean>> = {
  than: (words, at) =>
    ['more', 'less', 'higher', 'lower'].some((word) => words.slice(at - 3, at).includes(word)),
  ago: (words, at) => ['hours', 'hour', 'days', 'day'].includes(words[at - 1] ?? ''),
  hours: (words, at) => words[at + 1] === 'ago',
  days: (words, at) => words[at + 1] === 'ago',
  hour: (words, at) => words[at + 1] === 'ago',
  last: (words, at) => ['24h', 'day', 'trade', 'trades'].includes(words[at + 1] ?? ''),
  past: (words, at) => ['24h', 'day'].includes(words[at + 1] ?? ''),
  latest: (words, at) => ['trade', 'trades'].includes(words[at + 1] ?? ''),
  recent: (words, at) => ['trade', 'trades', 'purchase', 'purchases'].includes(words[at + 1] ?? ''),
  recently: (words) => words.includes('bought') || words.includes('sold'),
  since: (words, at) => words[at + 1] === 'you' && words[at + 2] === 'bought',
  from: (words, at) => words[at + 1] === 'what' && words[at + 2] === 'you',
  compared: (words) => words.includes('paid') || words.includes('cost'),
  relative: (words) => words.includes('paid') || words.includes('cost'),
  versus: (words) => words.includes('paid') || words.includes('cost'),
  against: (words) => words.includes('paid') || words.includes('cost'),
  least: (words, at) => words[at - 1] === 'at',
  up: (words, at) => words[at + 1] !== 'to',
  down: (words, at) => words[at + 1] !== 'to',
  other: (words, at) => words[at + 1] === 'hand',
  hand: (words, at) => words[at - 1] === 'other',
}

export function hasStrayWord(scene: Scene): boolean {
  const words = wordsOf(scene)
  const isToCome = words.some((word, at) => directionWords.has(word) && words[at - 1] === 'to')
  if (isToCome) return true
  const isStray = words.some(
    (word, at) => Object.hasOwn(companions, word) && !companions[word]?.(words, at),
  )
  return isStray || hasStrayThan(scene, words) || hasStrayOnly(scene, words) || hasImperative(scene)
}

/** More or less than a number, or than what was paid; two assets are not compared. */
function hasStrayThan({ tokens }: Scene, words: readonly string[]): boolean {
  return words.some((word, at) => {
    if (word === 'more' || word === 'less') {
      return (
        words[at + 1] !== 'than' && !words.slice(at, at + 5).some((each) => costWords.has(each))
      )
    }
    const isToCost = words.slice(at + 1, at + 5).some((each) => costWords.has(each))
    return word === 'than' && tokens[at + 1]?.kind !== 'number' && !isToCost
  })
}

const costWords = new Set(['paid', 'cost', 'costs'])

/** "only BTC", "the only asset": nothing here checks what there is not. */
function hasStrayOnly({ tokens }: Scene, words: readonly string[]): boolean {
  return words.some((word, at) => {
    if (word !== 'only' && word !== 'just') return false
    const isBesideName = [at - 1, at + 1].some((beside) => tokens[beside]?.kind === 'asset')
    const next = words[at + 1] ?? ''
    return isBesideName || positionWords.has(next) || assetsWords.has(next) || next === 'cash'
  })
}

const plainForms = new Set(
  'hold make add look show take own gain value weight spread pay account represent mark move'.split(
    ' ',
  ),
)
const openers = new Set(['and', 'but', 'or', 'so', 'then', 'while'])

/** A verb in its plain form without a subject is an imperative. */
function hasImperative({ tokens }: Scene): boolean {
  return tokens.some((token, at) => {
    const before = tokens[at - 1]
    const isAtStart =
      before === undefined || before.kind === 'mark' || openers.has(wordOf(before) ?? '')
    return isAtStart && plainForms.has(wordOf(token) ?? '')
  })
}

/** "not" is understood before a rise, a fall or their absence, where no number stands; no other negation is. */
export function isNegationClear(scene: Scene, at: number): boolean {
  const word = wordAt(scene.tokens, at)
  if (!negations.has(word)) return true
  const clause = clauseAt(scene, at)
  const isNumeric = clause.some((index) => scene.tokens[index]?.kind === 'number')
  const behind = clause.filter((index) => index > at && index <= at + 3)
  const isSaid =
    findDirections(scene, behind).length > 0 ||
    behind.some((index) => flatWords.has(wordAt(scene.tokens, index)))
  return word === 'not' && isSaid && !isNumeric
}

const verbs = new Set(
  `is are was were has have had hold holds own owns makes make sits sit stands stand remains remain takes accounts
  represents forms shows show brings gives means leaves marks contributes comprises constitutes`.split(
    /\s+/,
  ),
)

/** Clauses that state something about a subject with a verb, and of which nothing was confirmed. */
export function hasUnconfirmedClause(scene: Scene, confirmed: ReadonlySet<number>): boolean {
  const { tokens, clauseOf, mentions } = scene
  return tokens.some((token, at) => {
    const clause = clauseOf[at] ?? 0
    const isVerb = verbs.has(wordOf(token) ?? '')
    const isNaming = mentions.some((mention) => clauseOf[mention.at] === clause)
    return isVerb && isNaming && !confirmed.has(clause)
  })
}
