import { BadInput } from '@cnop/kit/errors'
import { formatPrice, type Price } from '@cnop/kit/money'
import { isReached } from '@cnop/quotes/nearest-waiting'
import { checkTicker } from '@cnop/quotes/quote'
import {
  armed,
  checkRepeat,
  type RearmDistance,
  rearmLevel,
  type Repeat,
  type RepeatInput,
} from '@cnop/quotes/rearm'
import { limits } from '@cnop/schema/limits'
import { PriceAlertMet } from './errors.ts'
import { highestPrice, lowestPrice, movedPrice, type PriceAlert, type Wish } from './price-alert.ts'

/** A validated request: it has either a price or a change. */
export type AlertRequest = Wish &
  Pick<PriceAlert, 'expiresAt'> & {
    /** How far back it re-arms; undefined for an alert that fires once. */
    readonly rearm: RearmDistance<Price> | undefined
  }

interface AlertInput extends Pick<PriceAlert, 'assetId' | 'direction'>, RepeatInput<Price> {
  readonly price?: Price | null | undefined
  readonly changeBasisPoints?: number | null | undefined
  readonly expiresAt?: string | null | undefined
}

/** Checks that depend on neither the market nor the time, so that a repeat has the same result. */
export function checkAlertRequest({ assetId, direction, ...input }: AlertInput): AlertRequest {
  const ticker = checkTicker(assetId)
  const { price = null, changeBasisPoints = null } = input
  if (price !== null && changeBasisPoints !== null) {
    throw new BadInput('changeBasisPoints', 'cannot be given together with a price')
  }
  if (changeBasisPoints !== null) checkChange(direction, changeBasisPoints)
  else checkPrice(price)
  return {
    assetId: ticker,
    direction,
    price: price ?? undefined,
    changeBasisPoints: changeBasisPoints ?? undefined,
    rearm: checkRepeat(input),
    expiresAt: input.expiresAt ?? undefined,
  }
}

function checkPrice(price: Price | null): void {
  if (price === null) throw new BadInput('price', 'is required, unless changeBasisPoints is given')
  if (price <= lowestPrice) throw new BadInput('price', 'must be more than zero')
  if (price > highestPrice) {
    throw new BadInput('price', `must be at most ${formatPrice(highestPrice)}`)
  }
}

function checkChange(direction: PriceAlert['direction'], points: number): void {
  const { leastAlertChange, greatestAlertRise, greatestAlertFall } = limits
  const most = direction === 'ABOVE' ? greatestAlertRise : greatestAlertFall
  if (points >= leastAlertChange && points <= most) return
  throw new BadInput('changeBasisPoints', `must be ${leastAlertChange} to ${most}`)
}

const longestWaitMs = limits.longestAlertDays * 86_400_000

/** Refuses an alert that would have ended already, or that waits too long. */
export function refuseTime({ expiresAt }: AlertRequest, nowMs: number): void {
  if (expiresAt === undefined) return
  const waitMs = Date.parse(expiresAt) - nowMs
  if (waitMs <= 0) throw new BadInput('expiresAt', 'must be in the future')
  if (waitMs > longestWaitMs) {
    throw new BadInput('expiresAt', `must be at most ${limits.longestAlertDays} days ahead`)
  }
}

/** The price that the alert waits for, judged against the current one. */
export function targetOf(
  { direction, price, changeBasisPoints }: AlertRequest,
  current: Price,
): Price {
  if (changeBasisPoints === undefined) {
    if (price === undefined || isReached(direction, price, current)) {
      throw new PriceAlertMet(direction, current)
    }
    return price
  }
  const target = movedPrice(current, direction, changeBasisPoints)
  if (target > lowestPrice && target <= highestPrice) return target
  throw new BadInput(
    'changeBasisPoints',
    `leads to a price that is not above 0 and at most ${formatPrice(highestPrice)}`,
  )
}

/** How the alert repeats, once its target is known. */
export const repeatOf = (
  { direction, rearm }: AlertRequest,
  target: Price,
): Repeat<Price> | undefined =>
  rearm && armed(rearmLevel({ direction, at: target, format: formatPrice }, rearm))
