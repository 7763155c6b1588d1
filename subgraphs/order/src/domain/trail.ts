import { BadInput } from '@cnop/kit/errors'
import { divide, formatPrice, type Price, priceFromUnits } from '@cnop/kit/money'
import { isReached, type PriceDirection } from '@cnop/quotes/nearest-waiting'
import { basisPoints } from '@cnop/quotes/trade-amounts'
import type { Order, OrderSide } from './order.ts'
import { pendingStop, stopDirection } from './stop.ts'

/** How far a trailing stop stays behind the best price; one of the two is given. */
export interface Trail {
  /** In US dollars per unit. */
  readonly trailAmount?: Price | undefined
  /** In hundredths of a per cent of the best price. */
  readonly trailBasisPoints?: number | undefined
}

/** The least and the greatest distance: a nearer one would follow every tick, a farther one protects nothing. */
export const leastTrail = 10
export const greatestTrail = 5_000

/** The best price moves when the market is better by a twentieth of the distance, and at least by a 5,000th of the price. */
const stepsInTrail = 20n
const stepsInPrice = 5_000n

/** From where the market moves the best price: what triggers a stop is on the other side. */
export const trailDirection = (side: OrderSide): PriceDirection =>
  side === 'BUY' ? 'BELOW' : 'ABOVE'

const isTrailing = ({ trailAmount, trailBasisPoints }: Trail): boolean =>
  trailAmount !== undefined || trailBasisPoints !== undefined

const shareOf = (price: Price, points: number): bigint =>
  divide(price * BigInt(points), basisPoints, 'up')

const distanceOf = ({ trailAmount, trailBasisPoints = 0 }: Trail, best: Price): bigint =>
  trailAmount ?? shareOf(best, trailBasisPoints)

/** Where the stop is behind a best price: below it for a sale, above it for a buy. */
export function trailingStop(side: OrderSide, trail: Trail, best: Price): Price {
  const distance = distanceOf(trail, best)
  return priceFromUnits(side === 'BUY' ? best + distance : best - distance)
}

/** Refuses an amount that is out of proportion to the market. */
export function refuseTrail({ trailAmount }: Trail, market: Price): void {
  if (trailAmount === undefined) return
  const least = priceFromUnits(shareOf(market, leastTrail))
  const greatest = priceFromUnits(shareOf(market, greatestTrail))
  if (trailAmount >= least && trailAmount <= greatest) return
  const range = `${formatPrice(least)} to ${formatPrice(greatest)}`
  throw new BadInput('trailAmount', `must be 0.1 % to 50 % of the market price: ${range}`)
}

/** The better of two prices for a stop to trail: the higher for a sale, the lower for a buy. */
export const betterBest = (side: OrderSide, a: Price, b: Price): Price =>
  isReached(trailDirection(side), a, b) ? b : a

/** From which market price on the stop of an open order moves; undefined for an order whose stop does not. */
export function nextBest(order: Order): Price | undefined {
  const { side, bestPrice } = order
  if (bestPrice === undefined || !isTrailing(order) || pendingStop(order) === undefined) {
    return undefined
  }
  const byTrail = divide(distanceOf(order, bestPrice), stepsInTrail, 'up')
  const byPrice = divide(bestPrice, stepsInPrice, 'up')
  const step = byTrail > byPrice ? byTrail : byPrice
  const next = side === 'BUY' ? bestPrice - step : bestPrice + step
  // A market that has fallen this far has no better price for a buy with such a distance.
  return next > 0n ? priceFromUnits(next) : undefined
}

/**
 * The exits of a trailing buy keep their distance from its stop, in proportion: what it will pay is known only there. Rounded away from the stop,
 * so that neither ever is on its wrong side.
 */
function exitsBehind(order: Order, stopPrice: Price): Partial<Order> {
  const { stopPrice: before, takeProfitPrice, stopLossPrice, stopLossLimitPrice } = order
  if (before === undefined) return {}
  const moved = (price: Price | undefined, round: 'up' | 'down'): Price | undefined =>
    price === undefined ? undefined : priceFromUnits(divide(price * stopPrice, before, round) || 1n)
  return {
    takeProfitPrice: moved(takeProfitPrice, 'up'),
    stopLossPrice: moved(stopLossPrice, 'down'),
    stopLossLimitPrice: moved(stopLossLimitPrice, 'down'),
  }
}

/** An order after a price that the market showed by a time: its stop follows a better one, and never moves back. */
export function trailed(order: Order, price: Price, seenBy: string): Order {
  const next = nextBest(order)
  if (next === undefined || !isReached(trailDirection(order.side), next, price)) return order
  const stopPrice = trailingStop(order.side, order, price)
  const exits = exitsBehind(order, stopPrice)
  return { ...order, ...exits, bestPrice: price, stopPrice, judgedAt: seenBy }
}

interface Asked extends Trail {
  readonly side: OrderSide
  readonly stopPrice: Price | undefined
  /** The best price of the order that is replaced. */
  readonly bestPrice?: Price | undefined
}

/** Where a stop waits when it is placed. */
export interface Stop {
  readonly stopPrice: Price | undefined
  readonly bestPrice: Price | undefined
}

/** A trailing stop begins at the market, or goes on at the better best price of the order that it replaces. */
export function stopAtMarket(asked: Asked, market: Price): Stop {
  const { side, stopPrice, bestPrice = market } = asked
  if (!isTrailing(asked)) return { stopPrice, bestPrice: undefined }
  const best = betterBest(side, bestPrice, market)
  return { stopPrice: trailingStop(side, asked, best), bestPrice: best }
}

/** Whether a price is one that a stop of this side waits for. */
export const isStopReached = (side: OrderSide, stopPrice: Price, price: Price): boolean =>
  isReached(stopDirection(side), stopPrice, price)
