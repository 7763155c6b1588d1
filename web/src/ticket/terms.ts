import { divide, parsePrice, type Price, priceFromUnits } from '@cnop/kit/money'
import { limits } from '@cnop/schema/limits'
import { parseAmount, type TypedAmount } from '../format/amount.ts'
import type { OrderSide, OrderType } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import { type Draft, hasLimit, hasStopPrice, mayHaveExits } from './draft.ts'
import { endOfDay } from './expiry.ts'
import { corrections } from './input-words.ts'

/** What an order says beside its asset and size, as the API accepts it. */
export type DraftedTerms = {
  readonly limitPrice?: string
  readonly stopPrice?: string
  readonly stopLimitPrice?: string
  readonly trailAmount?: string
  readonly trailBasisPoints?: number
  readonly timeInForce?: 'DAY' | 'IOC' | 'FOK'
  readonly expiresAt?: string
  readonly takeProfitPrice?: string
  readonly stopLossPrice?: string
  readonly stopLossLimitPrice?: string
}

const typedPrice = (text: string, belongs: boolean): TypedAmount =>
  belongs ? parseAmount(text, 'PRICE', limits.highestLimitPrice) : {}

export const typedLimit = ({ type, limitPrice }: Draft): TypedAmount =>
  typedPrice(limitPrice, hasLimit(type))

export const typedStop = ({ type, stopPrice }: Draft): TypedAmount =>
  typedPrice(stopPrice, hasStopPrice(type))

export const typedStopLimit = ({ type, stopLimit }: Draft): TypedAmount =>
  typedPrice(stopLimit, type === 'OCO')

const hasExits = (draft: Draft): boolean => draft.hasExits && mayHaveExits(draft)

export const typedProfit = (draft: Draft): TypedAmount =>
  typedPrice(draft.takeProfit, hasExits(draft))

export const typedLoss = (draft: Draft): TypedAmount => typedPrice(draft.stopLoss, hasExits(draft))

export const typedLossLimit = (draft: Draft): TypedAmount =>
  typedPrice(draft.stopLossLimit, hasExits(draft))

const leastPercent = 0.1
const mostPercent = 50

/** Parses a typed percentage with or without its sign: at most two decimal places, within the range. */
export function parsePercent(typed: string, least: number, most: number): TypedAmount {
  const amount = parseAmount(typed.replace(/\s*%\s*$/, ''), 'PERCENT')
  const { plain } = amount
  if (plain === undefined) return amount
  if (Number(plain) < least || Number(plain) > most) {
    return { problem: i18n.t('From {least}% to {most}%.', { least, most }) }
  }
  return /\.\d{3}/.test(plain) ? { problem: i18n.t('At most 2 decimal places.') } : amount
}

/** The distance of a trailing stop in per cent. */
export const typedShare = (text: string): TypedAmount =>
  parsePercent(text, leastPercent, mostPercent)

/** The distance of a trailing stop: dollars, or a percentage with two decimal places. */
export function typedTrail({ type, trail, trailUnit }: Draft): TypedAmount {
  if (type !== 'TRAILING_STOP') return {}
  if (trailUnit === 'PRICE') return typedPrice(trail, true)
  return typedShare(trail)
}

/** What to do first about a field: to correct it, or to `enter` something. */
export function missingFrom(
  typed: TypedAmount,
  { first }: { readonly first: string },
  enter: string,
): string | undefined {
  if (typed.problem !== undefined) return first
  return typed.plain === undefined ? enter : undefined
}

/** The first missing term, from top to bottom of the form. */
export function findMissingTerm(draft: Draft): string | undefined {
  const { type } = draft
  const { trailAmount, stopPrice, limitPrice } = corrections
  const trail =
    type === 'TRAILING_STOP'
      ? missingFrom(typedTrail(draft), trailAmount, i18n.t('Enter a distance first.'))
      : undefined
  const stop = hasStopPrice(type)
    ? missingFrom(typedStop(draft), stopPrice, i18n.t('Enter a stop price first.'))
    : undefined
  const limit = hasLimit(type)
    ? missingFrom(typedLimit(draft), limitPrice, i18n.t('Enter a limit price first.'))
    : undefined
  const isWrong = typedStopLimit(draft).problem !== undefined
  const stopLimit = isWrong ? corrections.stopLimitPrice.first : undefined
  return trail ?? stop ?? stopLimit ?? limit ?? missingExit(draft)
}

/** One of the two exits is enough. */
function missingExit(draft: Draft): string | undefined {
  if (!hasExits(draft)) return undefined
  const [profit, loss] = [typedProfit(draft), typedLoss(draft)]
  if (profit.problem !== undefined) return corrections.takeProfitPrice.first
  if (loss.problem !== undefined) return corrections.stopLossPrice.first
  if (typedLossLimit(draft).problem !== undefined) return corrections.stopLossLimitPrice.first
  return profit.plain === undefined && loss.plain === undefined
    ? i18n.t('Enter a price to sell at first.')
    : undefined
}

const given = <Name extends keyof DraftedTerms>(name: Name, value: DraftedTerms[Name]) =>
  value === undefined ? {} : { [name]: value }

/** The terms of a draft without a missing one. */
export function termsOf(draft: Draft): DraftedTerms {
  const { plain: trail } = typedTrail(draft)
  const isShare = draft.trailUnit === 'PERCENT'
  const points = trail === undefined || !isShare ? undefined : Math.round(Number(trail) * 100)
  return {
    ...given('limitPrice', typedLimit(draft).plain),
    ...given('stopPrice', typedStop(draft).plain),
    ...given('stopLimitPrice', typedStopLimit(draft).plain),
    ...given('trailAmount', isShare ? undefined : trail),
    ...given('trailBasisPoints', points),
    ...waitOf(draft),
    ...given('takeProfitPrice', typedProfit(draft).plain),
    ...given('stopLossPrice', typedLoss(draft).plain),
    ...given('stopLossLimitPrice', typedLossLimit(draft).plain),
  }
}

function waitOf({ type, wait, lastDay }: Draft): DraftedTerms {
  if (type === 'MARKET') return {}
  if (wait === 'GTC') return {}
  if (wait !== 'DATE') return { timeInForce: wait }
  return given('expiresAt', endOfDay(lastDay))
}

/** What the platform sets aside for a stop buy above its stop price, unless an operator has changed it. */
const allowancePercent = 5n

type PricedTerms = DraftedTerms & { readonly side: OrderSide; readonly type: OrderType }

/**
 * The price at which dollars become a quantity: the worst that an order that waits may fill at, so that it never sets more aside than was
 * typed. Undefined for a market order, which is sized by dollars, and while the market price of a trailing stop is unknown.
 */
export function sizingPrice(
  { side, type, ...terms }: PricedTerms,
  marketPrice: string | undefined,
): Price | undefined {
  const { limitPrice, stopLimitPrice } = terms
  if (stopLimitPrice !== undefined) return parsePrice(stopLimitPrice)
  if (limitPrice !== undefined && type !== 'OCO') return parsePrice(limitPrice)
  const stop = stopOf({ side, type, ...terms }, marketPrice)
  if (stop === undefined || side === 'SELL') return stop
  return priceFromUnits(divide(stop * (100n + allowancePercent), 100n, 'up'))
}

function stopOf(
  { side, stopPrice, trailAmount, trailBasisPoints = 0, type }: PricedTerms,
  marketPrice: string | undefined,
): Price | undefined {
  if (stopPrice !== undefined) return parsePrice(stopPrice)
  if (type !== 'TRAILING_STOP' || marketPrice === undefined) return undefined
  const market = parsePrice(marketPrice)
  const distance =
    trailAmount === undefined
      ? divide(market * BigInt(trailBasisPoints), 10_000n, 'up')
      : parsePrice(trailAmount)
  return priceFromUnits(side === 'BUY' ? market + distance : market - distance)
}

/** "2.5%", "$500.00" */
export const trailWords = (
  { trailAmount, trailBasisPoints = 0 }: DraftedTerms,
  showPrice: (plain: string) => string,
): string => (trailAmount === undefined ? `${trailBasisPoints / 100}%` : showPrice(trailAmount))
