import { divide, formatPrice as plainPrice, parsePrice, priceFromUnits } from '@cnop/kit/money'
import { limits } from '@cnop/schema/limits'
import type { startOf } from '../api/form-draft.ts'
import {
  type AmountUnit,
  parseAmount,
  reasonNotToSend,
  type TypedAmount,
} from '../format/amount.ts'
import { formatAwaitedPrice, formatExactPrice, formatPrice } from '../format/money.ts'
import { formatDateTime } from '../format/time.ts'
import type { CreatePriceAlertInput } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import { checkLastDay, endOfDay } from '../ticket/expiry.ts'
import { parsePercent } from '../ticket/terms.ts'

export type AlertDraft = typeof startOf.alert

/** What the alert form sends beside its key and asset. */
export type AlertTerms = Pick<
  CreatePriceAlertInput,
  'direction' | 'price' | 'changeBasisPoints' | 'repeats' | 'rearmBasisPoints' | 'expiresAt'
>

const highest = parsePrice(limits.highestAlertPrice)

const wholeInPoints = 10_000n

const pointsOf = (percent: string): number => Math.round(Number(percent) * 100)

/** The prices that an alert accepts, as text. */
function rangeOf(isFall: boolean, current: string | undefined): string {
  const now = current === undefined ? undefined : formatPrice(current)
  const zero = formatExactPrice('0')
  return isFall && now !== undefined
    ? i18n.t('Choose a price above {low} and below {high}.', { low: zero, high: now })
    : i18n.t('Choose a price above {low} and at most {high}.', {
        low: now ?? zero,
        high: formatExactPrice(limits.highestAlertPrice),
      })
}

/** What was typed: a price, or an amount of dollars, or a percentage. */
export function typedWish(
  { isMove, isFall, price, percent }: AlertDraft,
  unit: AmountUnit = 'PRICE',
): TypedAmount {
  if (!isMove) return parseAmount(price, unit)
  const most = isFall ? limits.greatestAlertFall : limits.greatestAlertRise
  return parsePercent(percent, limits.leastAlertChange / 100, most / 100)
}

/** How far back a repeating alert re-arms, in per cent. */
export function typedRearm({ repeats, rearm }: AlertDraft): TypedAmount {
  if (!repeats) return {}
  return parsePercent(rearm, limits.leastRearm / 100, limits.greatestRearm / 100)
}

/** The price that a change by a percentage leads to from the price now; undefined while either is unknown. */
export function movedPrice(draft: AlertDraft, current: string | undefined): string | undefined {
  const { plain } = typedWish(draft)
  if (!draft.isMove || plain === undefined || current === undefined) return undefined
  const points = BigInt(pointsOf(plain))
  const parts = wholeInPoints + (draft.isFall ? -points : points)
  return plainPrice(priceFromUnits(divide(parsePrice(current) * parts, wholeInPoints, 'down')))
}

/** The reason why an alert at this price would be refused, or null. The server decides. */
export function priceProblem(draft: AlertDraft, current: string | undefined): string | null {
  const { plain } = typedWish(draft)
  if (draft.isMove || plain === undefined) return null
  const { isFall } = draft
  const range = rangeOf(isFall, current)
  if (parsePrice(plain) > highest) return i18n.t('This price is too high. {range}', { range })
  if (current === undefined) return null
  const distance = parsePrice(plain) - parsePrice(current)
  const isAhead = isFall ? distance < 0n : distance > 0n
  return isAhead ? null : i18n.t('Reached already. {range}', { range })
}

type Bounds = {
  readonly waiting: number
  readonly nowMs: number
  /** The most alerts that may wait. */
  readonly most?: number
  /** The unit of what is awaited. */
  readonly unit?: AmountUnit
}

/** The reason why no alert can be set at present, or null. */
export function reasonNotToSet(
  draft: AlertDraft,
  problem: string | null,
  { waiting, nowMs, most = limits.mostActiveAlerts, unit = 'PRICE' }: Bounds,
): string | null {
  if (waiting >= most) {
    return i18n.t('{count} alerts are waiting, the most there can be. Cancel one first.', {
      count: waiting,
    })
  }
  const typed = typedWish(draft, unit)
  const reason = draft.isMove
    ? reasonNotToMove(typed, problem)
    : reasonNotToSend(typed, problem, unit)
  if (reason === null && typedRearm(draft).problem !== undefined) {
    return i18n.t('Correct the distance above first.')
  }
  const isDated = checkLastDay(draft.lastDay, nowMs) === null
  return reason ?? (isDated ? null : i18n.t('Correct the date above first.'))
}

function reasonNotToMove(typed: TypedAmount, problem: string | null): string | null {
  if (typed.problem !== undefined || problem !== null) {
    return i18n.t('Correct the change above first.')
  }
  return typed.plain === undefined ? i18n.t('Enter a change first.') : null
}

/** The terms of a draft without a problem. */
export function termsOf(draft: AlertDraft, unit?: AmountUnit): AlertTerms | undefined {
  const { plain } = typedWish(draft, unit)
  if (plain === undefined) return undefined
  const expiresAt = endOfDay(draft.lastDay)
  const rearm = typedRearm(draft).plain
  return {
    direction: draft.isFall ? 'BELOW' : 'ABOVE',
    ...(draft.isMove ? { changeBasisPoints: pointsOf(plain) } : { price: plain }),
    ...(draft.repeats && { repeats: true }),
    ...(rearm !== undefined && { rearmBasisPoints: pointsOf(rearm) }),
    ...(expiresAt !== undefined && { expiresAt }),
  }
}

type Wish = {
  readonly direction: AlertTerms['direction']
  readonly price: string
  readonly changeBasisPoints: number | null
}

const valuesOf = ({ price, changeBasisPoints }: Wish) => ({
  price: formatAwaitedPrice(price, changeBasisPoints !== null),
  percent: changeBasisPoints === null ? null : changeBasisPoints / 100,
})

/** "Rises to $70,000.00", "Falls by 5% to $60,800.00" */
export function wishWords(wish: Wish): string {
  const values = valuesOf(wish)
  if (values.percent === null) {
    return wish.direction === 'ABOVE'
      ? i18n.t('Rises to {price}', values)
      : i18n.t('Falls to {price}', values)
  }
  return wish.direction === 'ABOVE'
    ? i18n.t('Rises by {percent}% to {price}', values)
    : i18n.t('Falls by {percent}% to {price}', values)
}

/** What a new alert promises. */
export function promiseWords(asset: string, wish: Wish): string {
  const values = { asset, ...valuesOf(wish) }
  if (values.percent === null) {
    return wish.direction === 'ABOVE'
      ? i18n.t('You will be notified when {asset} rises to {price}.', values)
      : i18n.t('You will be notified when {asset} falls to {price}.', values)
  }
  return wish.direction === 'ABOVE'
    ? i18n.t('You will be notified when {asset} rises by {percent}% to {price}.', values)
    : i18n.t('You will be notified when {asset} falls by {percent}% to {price}.', values)
}

type Repeating = {
  readonly rearmPrice: string | null
  readonly isArmed: boolean
  readonly fireCount: number
  readonly firedAt: string | null
}

/** What a waiting alert does after it has fired; null for one that fires once. */
export function repeatWords({ rearmPrice, isArmed, fireCount, firedAt }: Repeating): string | null {
  if (rearmPrice === null) return null
  const price = formatPrice(rearmPrice)
  if (firedAt === null) return i18n.t('Repeats; re-arms at {price}', { price })
  const values = { price, count: fireCount, time: formatDateTime(firedAt) }
  return isArmed
    ? i18n.t(
        'Repeats; fired {count, plural, one {once} other {# times}}, last {time}; re-arms at {price}',
        values,
      )
    : i18n.t(
        'Fired {count, plural, one {once} other {# times}}, last {time}; waits to re-arm at {price}',
        values,
      )
}
