import { repeats, type StatedNumber } from '../stated-numbers.ts'
import { confirmMove } from './changes.ts'
import { type Claim, type ConfirmedNumber, levelWords, ownOfList, repeatsAll } from './claim.ts'
import { clauseAt } from './cues.ts'
import { holdingsFor, type Scene, type Subject } from './scene.ts'
import type { ReportedFacts } from './reported.ts'
import { wordAt, wordOf } from './tokens.ts'
import { assetsWords, positionWords } from './vocabulary.ts'

const paidWords = new Set(['paid', 'cost', 'costs', 'spent', 'invested', 'basis'])

/** "you paid $7,000.00", "a cost of $7,000.00". */
function isPaidAt({ tokens }: Scene, at: number): boolean {
  const words = [1, 2, 3].map((back) => wordAt(tokens, at - back))
  const own = words.slice(
    0,
    words.findIndex((word) => !['of', 'you', 'is', 'was', 'about', 'around'].includes(word)) + 1,
  )
  return own.some((word) => paidWords.has(word))
}

const costOfWhole = (reported: ReportedFacts, subject: Subject): readonly StatedNumber[] =>
  holdingsFor(subject, reported).map(({ paid }) => paid)

/** What a subject that is no holding is worth. */
const valueOf: Readonly<
  Record<
    Exclude<Subject['kind'], 'holdings'>,
    (reported: ReportedFacts) => StatedNumber | undefined
  >
> = {
  cash: ({ cash }) => cash,
  portfolio: ({ total }) => total,
  assets: ({ assetsValue }) => assetsValue,
  trades: ({ findings }) => findings.get('CHURN')?.at(-1),
  stablecoins: () => undefined,
  unclear: () => undefined,
}

function valuesOf(claim: Claim): readonly (StatedNumber | undefined)[] {
  const { scene, subject, cues } = claim
  const { reported } = scene
  const { kind } = subject
  if (cues.isOpenOrders)
    return kind === 'holdings' || kind === 'portfolio' ? [] : [reported.heldCash]
  if (kind === 'holdings') {
    return ownOfList(claim, holdingsFor(subject, reported)).map(({ value }) => value)
  }
  return kind === 'assets' && subject.isEach ? [] : [valueOf[kind](reported)]
}

function confirmPaid(claim: Claim): ConfirmedNumber | undefined {
  const { at, subject, number, scene } = claim
  const facts = costOfWhole(scene.reported, subject)
  const isTrue = facts.length === 1 && !number.sign && repeatsAll(claim, facts)
  return isTrue ? { at, subject, direction: undefined } : undefined
}

export function confirmDollars(claim: Claim): ConfirmedNumber | undefined {
  const { scene, at, cues, subject, number } = claim
  if (isPaidAt(scene, at)) return confirmPaid(claim)
  const isOfResult = cues.directions.some(({ kind }) => kind === 'result')
  const isLevel = levelWords.has(wordAt(scene.tokens, at - 1)) && !isOfResult
  if (number.sign || (cues.directions.length > 0 && !isLevel)) return confirmMove(claim)
  if (subject.kind === 'holdings' && isPriceAt(scene, at)) return undefined
  return repeatsAll(claim, valuesOf(claim)) ? { at, subject, direction: undefined } : undefined
}

/** Prices of one unit are in no fact: "the price of BTC is $6,000.00", "BTC is at $6,000.00". */
function isPriceAt(scene: Scene, at: number): boolean {
  const words = clauseAt(scene, at).map((index) => wordAt(scene.tokens, index))
  const [two, one] = [wordAt(scene.tokens, at - 2), wordAt(scene.tokens, at - 1)]
  const isBare = one === 'at' && ['is', 'was', 'now', 'still', 'currently', 'today'].includes(two)
  return isBare || ['price', 'prices', 'trading', 'trades'].some((word) => words.includes(word))
}

const isWhole = ({ size, sign }: StatedNumber): boolean => Number.isInteger(size) && !sign

export function confirmCount(claim: Claim): ConfirmedNumber | undefined {
  const { scene, at, number, bound } = claim
  const { reported, tokens } = scene
  const noun = wordAt(tokens, at + 1)
  const churn = reported.findings.get('CHURN')?.[0]
  const isOf = (count: number | undefined): boolean =>
    isWhole(number) && (bound === 'least' ? (count ?? 0) >= number.size : count === number.size)
  const isTrue =
    (['trades', 'transactions'].includes(noun) && isOf(churn?.size)) ||
    ((number.size === 1 ? positionWords : assetsWords).has(noun) && isAssetCount(claim, isOf))
  const subject =
    noun === 'trades' ? ({ kind: 'trades' } as const) : ({ kind: 'assets', isEach: false } as const)
  return isTrue ? { at, subject, direction: undefined } : undefined
}

function isAssetCount({ scene, at }: Claim, isOf: (count: number | undefined) => boolean): boolean {
  const words = clauseAt(scene, at).map((index) => wordAt(scene.tokens, index))
  const spread = scene.reported.findings.get('DIVERSIFIED')?.[0]?.size
  return isOf(scene.reported.assetCount) || (words.includes('spread') && isOf(spread))
}

/** A trade is confirmed as one: its side, asset, quantity, total and age, as far as they are reported. */
export function confirmTrade(claim: Claim): ConfirmedNumber | undefined {
  const { scene, at } = claim
  const { tokens, reported } = scene
  const indexes = tokens.flatMap((token, index) => (token.kind === 'number' ? [index] : []))
  const words = tokens.map((token) => wordOf(token) ?? '')
  const sides = ['bought', 'sold'].filter((side) => words.includes(side))
  const assets = tokens.flatMap((token) => (token.kind === 'asset' ? [token.assetId] : []))
  const [side] = sides
  const [assetId] = assets
  if (sides.length !== 1 || new Set(assets).size !== 1) return undefined
  const isTold = (trade: ReportedFacts['trades'][number], index: number): boolean => {
    const token = tokens[index]
    if (token?.kind !== 'number') return false
    const { number } = token
    if (number.sign) return false
    if (number.unit === 'DOLLARS') return repeats(number, trade.total)
    if (number.unit === 'PERCENT') return false
    if (tokens[index + 1]?.kind === 'asset') return repeats(number, trade.quantity)
    return trade.age === `${number.size} ${words[index + 1]} ${words[index + 2]}`
  }
  const isOne = reported.trades.some(
    (trade) =>
      trade.side === side &&
      trade.assetId === assetId &&
      indexes.every((index) => isTold(trade, index)),
  )
  const subject: Subject = { kind: 'holdings', assetIds: assetId === undefined ? [] : [assetId] }
  return isOne ? { at, subject, direction: undefined } : undefined
}
