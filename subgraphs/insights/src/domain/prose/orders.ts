import { clauseAt, findDirections } from './cues.ts'
import { performerOf, readRank } from './ranks.ts'
import {
  holdingsFor,
  holdingsOf,
  isInClause,
  isSame,
  type Scene,
  type Subject,
  subjectAt,
} from './scene.ts'
import { type Token, wordAt, wordOf } from './tokens.ts'
import { positionWords } from './vocabulary.ts'

/** Shares, in percent, that vague words may stand for. */
const shareOfWords = { dominates: 40, concentrated: 40, most: 50, much: 30, large: 25, small: 20 }

/** The share, in percent, of what a vague word is said of; undefined where it is said of nothing that has one. */
function shareFor(scene: Scene, at: number): number | undefined {
  const subject = subjectOfShare(scene, at)
  const { reported } = scene
  if (subject.kind === 'cash') return reported.cashShare.size
  const holdings = holdingsFor(subject, reported)
  return holdings.length === 1 ? holdings[0]?.share.size : undefined
}

/** "Most of your portfolio is in BTC": the subject comes behind; otherwise before. */
function subjectOfShare(scene: Scene, at: number): Subject {
  const before = scene.mentions.findLast(
    ({ end, at: start }) => end <= at && isInClause(scene, start, at),
  )
  const after = scene.mentions.find(
    (mention) => mention.at > at && isInClause(scene, mention.at, at),
  )
  return (before ?? after)?.subject ?? subjectAt(scene, at, false)
}

const largeWords = new Set(
  'large big larger bigger sizeable sizable significant substantial considerable'.split(' '),
)
const smallWords = new Set('small smaller modest minor tiny'.split(' '))

const isAtLeast =
  (limit: number): ShareJudge =>
  (scene, at) =>
    (shareFor(scene, at) ?? -1) >= limit

/** "most of", "much of": of something, or not understood. */
const isMuchOf =
  (limit: number): ShareJudge =>
  (scene, at) =>
    wordAt(scene.tokens, at + 1) === 'of' && isAtLeast(limit)(scene, at)

/** "the most" is about a move, "at most" about a number, everything else about a share. */
function judgeMost(scene: Scene, at: number): boolean | undefined {
  const before = wordAt(scene.tokens, at - 1)
  if (before === 'at') return undefined
  return before === 'the' ? isMostMoved(scene, at) : isMuchOf(shareOfWords.most)(scene, at)
}

type ShareJudge = (scene: Scene, at: number) => boolean | undefined

const shareJudges: ReadonlyMap<string, ShareJudge> = new Map<string, ShareJudge>([
  ...['dominates', 'dominate'].map((word) => [word, isAtLeast(shareOfWords.dominates)] as const),
  ...['concentrated', 'concentration'].map((word) => [word, isConcentrated] as const),
  ...['majority', 'bulk', 'mostly', 'mainly', 'largely'].map(
    (word) => [word, isAtLeast(shareOfWords.most)] as const,
  ),
  ['diversified', ({ reported }) => reported.findings.has('DIVERSIFIED')],
  ['most', judgeMost],
  ['much', isMuchOf(shareOfWords.much)],
])

/** A vague word about a share, judged; undefined for a word that is none. */
function judgeShareWord(scene: Scene, at: number): boolean | undefined {
  const word = wordAt(scene.tokens, at)
  const judge = shareJudges.get(word)
  if (judge) return judge(scene, at)
  if (!positionWords.has(wordAt(scene.tokens, at + 1))) return undefined
  if (largeWords.has(word)) return isAtLeast(shareOfWords.large)(scene, at)
  return smallWords.has(word) ? (shareFor(scene, at) ?? 100) <= shareOfWords.small : undefined
}

/** "1INCH fell the most". */
function isMostMoved(scene: Scene, at: number): boolean {
  const [found] = findDirections(
    scene,
    [at - 3, at - 2].filter((index) => index >= 0),
  )
  const moved = found && performerOf(scene.reported, found.direction === 'up')
  return moved !== undefined && isSame(subjectAt(scene, at, false), holdingsOf(moved.assetId))
}

/** "Your portfolio is concentrated in BTC", or in nothing that is named. */
function isConcentrated(scene: Scene, at: number): boolean {
  const named = scene.mentions.find(
    (mention) => mention.at > at && isInClause(scene, mention.at, at),
  )
  const shares = named
    ? holdingsFor(named.subject, scene.reported).map(({ share }) => share.size)
    : [scene.reported.holdings[0]?.share.size ?? 0]
  return shares.length === 1 && (shares[0] ?? 0) >= shareOfWords.concentrated
}

/** "BTC is your largest holding", "your largest holding, BTC": whether it is. */
function judgeRank(scene: Scene, at: number): boolean | undefined {
  const rank = readRank(scene, at)
  if (!rank) return undefined
  if (!rank.holding) return false
  const named = namedBeside(scene, at, rank.end)
  return (
    named === undefined || isSame(named, { kind: 'holdings', assetIds: [rank.holding.assetId] })
  )
}

const linking = new Set([
  ',',
  'is',
  'was',
  'remains',
  ':',
  '(',
  'as',
  'your',
  'the',
  'still',
  'also',
  'of',
  'day',
  'by',
  'value',
  'in',
  'portfolio',
])

/** The ticker that a rank is said of, on either side of it. */
function namedBeside({ tokens, mentions }: Scene, from: number, end: number): Subject | undefined {
  const isLink = (token: Token | undefined): boolean =>
    token !== undefined &&
    linking.has(token.kind === 'mark' || token.kind === 'word' ? token.text : '')
  let after = end
  while (isLink(tokens[after])) after += 1
  let before = from - 1
  while (isLink(tokens[before])) before -= 1
  const beside = mentions.find(
    ({ at, end: mentionEnd, subject }) =>
      (at === after || mentionEnd === before + 1) && subject.kind !== 'portfolio',
  )
  return beside?.subject
}

const holdWords = new Set(['hold', 'holds', 'own', 'owns', 'have'])

/** "You hold BTC and ETH": whether that is so. */
function judgeHolding(scene: Scene, at: number): boolean | undefined {
  const word = wordAt(scene.tokens, at)
  if (!holdWords.has(word)) return undefined
  if (!isHolderBefore(scene, at)) return false
  const named = scene.mentions.find(
    (mention) => mention.at > at && isInClause(scene, mention.at, at),
  )
  if (!named) return undefined
  if (named.subject.kind === 'cash') return scene.reported.cash.size > 0
  return named.subject.kind !== 'holdings' || holdingsFor(named.subject, scene.reported).length > 0
}

/** Only the reader and the portfolio hold anything. */
function isHolderBefore({ tokens, mentions }: Scene, at: number): boolean {
  const before = [at - 1, at - 2].map((index) => wordAt(tokens, index))
  const nearest = mentions.findLast(({ end }) => end <= at)
  return before.includes('you') || nearest?.subject.kind === 'portfolio'
}

/** "You bought BTC": whether there was such a trade. */
function judgeTrade(scene: Scene, at: number): boolean | undefined {
  const word = wordAt(scene.tokens, at)
  if (word !== 'bought' && word !== 'sold') return undefined
  if (wordOf(scene.tokens[at - 2]) === 'since') return true
  const named = scene.mentions.find(
    (mention) => mention.at > at && isInClause(scene, mention.at, at),
  )
  const { trades } = scene.reported
  return (
    named?.subject.kind === 'holdings' &&
    named.subject.assetIds.every((id) =>
      trades.some(({ assetId, side }) => assetId === id && side === word),
    )
  )
}

const quantifiers = new Set(['all', 'both', 'each', 'every'])

/** "all of it in cash": whether nothing else is there. */
function isAllThere({ reported, mentions }: Scene, at: number): boolean {
  const named = mentions.find((mention) => mention.at > at)?.subject
  if (named?.kind === 'cash') return reported.assetCount === 0
  if (named?.kind === 'assets') return reported.cash.size === 0
  return named?.kind === 'holdings' && holdingsFor(named, reported)[0]?.share.size === 100
}

/** Said of a rise or a fall, it is checked with that. */
function judgeQuantifier(scene: Scene, at: number): boolean | undefined {
  const { tokens, reported } = scene
  const word = wordAt(tokens, at)
  if (!quantifiers.has(word)) return undefined
  if (word === 'both' && reported.assetCount !== 2 && !hasPair(scene)) return false
  if (word !== 'all') return true
  const indexes = tokens.map((_token, index) => index)
  const isMove = findDirections(scene, indexes).length > 0
  return isMove ? !isWholeOf(scene, at) : isAllThere(scene, at)
}

const isWholeOf = ({ tokens }: Scene, at: number): boolean => wordAt(tokens, at + 1) === 'of'

const hasPair = ({ mentions }: Scene): boolean =>
  mentions.some(({ subject }) => subject.kind === 'holdings' && subject.assetIds.length === 2)

/** The rest follows from its number, or from the statement about the whole before it. */
function judgeRest(scene: Scene, at: number): boolean | undefined {
  const word = wordAt(scene.tokens, at)
  if (word !== 'rest' && word !== 'remainder') return undefined
  return clauseAt(scene, at).some((index) => scene.tokens[index]?.kind === 'number')
}

/** Each checks the claim of one word; undefined where it makes none. */
export const judges = [
  judgeRank,
  judgeShareWord,
  judgeHolding,
  judgeTrade,
  judgeQuantifier,
  judgeRest,
]
