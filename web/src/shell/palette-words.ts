import { formatPrice, parsePrice, priceFromUnits } from '@cnop/kit/money'
import { createFinder } from '@cnop/kit/search'
import { namesOf } from '@cnop/quotes/asset-names'
import { limits } from '@cnop/schema/limits'
import { type AmountUnit, parseAmount, type TypedAmount } from '../format/amount.ts'
import type { OrderSide, PriceAlertDirection } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import { wordsOf } from './command-words.ts'

/** The amount of an order: exact, or a share of what can be spent or sold. Amounts are plain decimal numbers. */
export type Size =
  | { readonly unit: 'QUANTITY' | 'USD'; readonly amount: string; readonly percent?: undefined }
  | { readonly percent: number }

/** What was asked for. Nothing of it is sent: each command leads to a form with these values. */
export type Command<Asset> =
  | {
      readonly kind: 'trade'
      readonly side: OrderSide
      readonly asset?: Asset
      readonly size?: Size | undefined
      readonly limitPrice?: string | undefined
    }
  | {
      readonly kind: 'alert'
      readonly asset: Asset
      readonly price?: string | undefined
      readonly direction?: PriceAlertDirection | undefined
    }
  | {
      readonly kind: 'cash'
      readonly direction: 'deposit' | 'withdraw'
      readonly amount?: string | undefined
    }

/** The commands that a text can mean, likeliest first, or the reason why it means none. */
export type Understood<Asset> =
  | { readonly commands: readonly Command<Asset>[]; readonly problem?: undefined }
  | { readonly commands?: undefined; readonly problem: string }

type NamedAsset = { readonly id: string; readonly name: string }

/** What can be typed, as help lists it. */
export const examples = [
  i18n.t('buy 0.1 eth'),
  i18n.t('sell 25% btc'),
  i18n.t('buy $50 btc at 60k'),
  i18n.t('alert btc 80k'),
  i18n.t('deposit 500'),
  i18n.t('withdraw 20'),
  i18n.t('go to orders'),
]

/** The most assets that an unclear name is completed to. */
const mostAssets = 6

const suffixes = new Map([
  ['k', 1_000n],
  ['万', 10_000n],
  ['m', 1_000_000n],
  ['亿', 100_000_000n],
])
const shares = new Map([
  ['all', 100],
  ['everything', 100],
  ['max', 100],
  ['half', 50],
])
const dollars = ['usd', 'dollar', 'dollars']
const directions = new Map<string, PriceAlertDirection>([
  ['above', 'ABOVE'],
  ['over', 'ABOVE'],
  ['below', 'BELOW'],
  ['under', 'BELOW'],
])
/** Words that make a sentence of a command and change nothing. */
const fillers = ['of', 'my', 'worth', 'in', 'for', 'when', 'hits', 'reaches', 'to']

const isAmount = (word: string): boolean => /^[-+−$]?[\d.,]|%$|^\$/.test(word) || shares.has(word)

/** An amount as the forms parse it; in addition "80k" or "8万" is 80,000 and "1.5m" 1,500,000. */
function readAmount(word: string, unit: AmountUnit, highest?: string): TypedAmount {
  const [, number, suffix = ''] = /^(.*\d)([km万亿])$/u.exec(word) ?? []
  const factor = suffixes.get(suffix)
  if (number === undefined || factor === undefined) return parseAmount(word, unit, highest)
  const { plain, problem } = parseAmount(number, unit === 'USD' ? 'PRICE' : unit)
  if (plain === undefined) return { ...(problem !== undefined && { problem }) }
  return parseAmount(formatPrice(priceFromUnits(parsePrice(plain) * factor)), unit, highest)
}

type Value<Kind> = { readonly value?: Kind; readonly problem?: string }

function readValue(word: string, unit: AmountUnit, highest?: string): Value<string> {
  const { plain, problem = i18n.t('An amount is missing.') } = readAmount(word, unit, highest)
  return plain === undefined
    ? { problem: i18n.t('“{word}”: {problem}', { word, problem }) }
    : { value: plain }
}

function readSize(word: string, isInDollars: boolean): Value<Size> {
  const share = shares.get(word)
  if (share !== undefined) return { value: { percent: share } }
  if (word.endsWith('%')) {
    const percent = Number(parseAmount(word.slice(0, -1), 'QUANTITY').plain)
    return Number.isInteger(percent) && percent <= 100
      ? { value: { percent } }
      : {
          problem: i18n.t('“{word}”: A share is a whole percentage from 1% to 100%.', { word }),
        }
  }
  const unit = isInDollars || word.startsWith('$') ? 'USD' : 'QUANTITY'
  const { value: amount, problem = '' } = readValue(word, unit)
  return amount === undefined ? { problem } : { value: { unit, amount } }
}

const isTickerOf = (assets: readonly NamedAsset[], word: string): boolean =>
  assets.some(({ id }) => id.toLowerCase() === word)

/** The amount is the first or the last word; a ticker may begin with a digit too. */
function takeAmount(words: readonly string[], assets: readonly NamedAsset[]) {
  const isOne = (word: string | undefined): word is string =>
    word !== undefined && isAmount(word) && !isTickerOf(assets, word)
  const [first, last] = [words[0], words.at(-1)]
  if (isOne(first)) return { amount: first, name: words.slice(1).join(' ') }
  return isOne(last)
    ? { amount: last, name: words.slice(0, -1).join(' ') }
    : { name: words.join(' ') }
}

/** The assets of a name: the one of exactly this ticker or name, or those with it in either. */
function findAssets<Asset extends NamedAsset>(
  name: string,
  assets: readonly Asset[],
): readonly Asset[] {
  const exact =
    assets.find(({ id }) => id.toLowerCase() === name) ??
    assets.find((asset) => namesOf(asset).some((each) => each.toLowerCase() === name))
  if (exact) return [exact]
  const finds = createFinder(name)
  return assets.filter((asset) => finds(...namesOf(asset))).slice(0, mostAssets)
}

/** Commands about the assets of a name, or the reason why there is none. */
function about<Asset extends NamedAsset>(
  name: string,
  assets: readonly Asset[],
  toCommand: (asset: Asset) => Command<Asset>,
): Understood<Asset> {
  if (name === '') return { problem: i18n.t('Add the name or the ticker of an asset.') }
  const found = findAssets(name, assets)
  if (found.length === 0) return { problem: i18n.t('No asset is called “{name}”.', { name }) }
  return { commands: found.map(toCommand) }
}

const hasWord = (words: readonly string[], list: readonly string[]): boolean =>
  words.some((word) => list.includes(word))

const without = (words: readonly string[], list: readonly string[]): readonly string[] =>
  words.filter((word) => !list.includes(word))

function readTrade<Asset extends NamedAsset>(
  side: OrderSide,
  typed: readonly string[],
  assets: readonly Asset[],
): Understood<Asset> {
  const place = typed.findIndex((word) => word === 'at' || word === '@')
  const [order, limit] =
    place < 0 ? [typed, undefined] : [typed.slice(0, place), typed.slice(place + 1)]
  const words = without(order, [...fillers, ...dollars])
  if (words.length === 0 && !limit) return { commands: [{ kind: 'trade', side }] }
  const { amount, name } = takeAmount(words, assets)
  const size: Value<Size> = amount === undefined ? {} : readSize(amount, hasWord(order, dollars))
  const price = limit
    ? readValue(without(limit, dollars).join(' '), 'PRICE', limits.highestLimitPrice)
    : {}
  const problem = size.problem ?? price.problem
  if (problem !== undefined) return { problem }
  return about(name, assets, (asset) => ({
    kind: 'trade',
    side,
    asset,
    size: size.value,
    limitPrice: price.value,
  }))
}

function readAlert<Asset extends NamedAsset>(
  typed: readonly string[],
  assets: readonly Asset[],
): Understood<Asset> {
  const [word = ''] = typed.filter((each) => directions.has(each))
  const spoken = ['at', '@', word, ...fillers, ...dollars]
  const { amount, name } = takeAmount(without(typed, spoken), assets)
  const price = amount === undefined ? {} : readValue(amount, 'PRICE', limits.highestAlertPrice)
  if (price.problem !== undefined) return { problem: price.problem }
  return about(name, assets, (asset) => ({
    kind: 'alert',
    asset,
    price: price.value,
    direction: directions.get(word),
  }))
}

function readCash(direction: 'deposit' | 'withdraw', typed: readonly string[]): Understood<never> {
  const words = without(typed, dollars)
  if (words.length === 0) return { commands: [{ kind: 'cash', direction }] }
  const { value: amount, problem } = readValue(words.join(' '), 'USD')
  return problem === undefined ? { commands: [{ kind: 'cash', direction, amount }] } : { problem }
}

/**
 * Reads a command, in any case and width of its letters. Undefined for a text that does not begin with one, which is a
 * search. Amounts are parsed by the forms' own parser, so that one is refused here exactly when its form would refuse it.
 */
export function readCommand<Asset extends NamedAsset>(
  typed: string,
  assets: readonly Asset[],
): Understood<Asset> | undefined {
  const [verb = '', ...words] = wordsOf(typed, (word) => isTickerOf(assets, word))
  switch (verb) {
    case 'buy':
      return readTrade('BUY', words, assets)
    case 'sell':
      return readTrade('SELL', words, assets)
    case 'alert':
      return readAlert(words, assets)
    case 'deposit':
    case 'withdraw':
      return readCash(verb, words)
    default:
      return undefined
  }
}
