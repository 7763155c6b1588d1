import { type Price, price, priceFromUnits, quantityFromUnits } from '@cnop/kit/money'
import type { Order } from '@cnop/order/domain/order'
import type { Random } from './random.ts'
import { drawPrice } from './sim-liquidity.ts'

/** What an order of any kind says beside its asset and size, with exits where it may have some. */
export const drawTerms = (random: Random, side: Order['side']) =>
  withExits(random, side, drawKind(random, side))

const drawTrail = (random: Random) =>
  random.happens(0.5)
    ? { trailAmount: price(`0.${1 + random.below(9)}`) }
    : { trailBasisPoints: random.pick([50, 500, 3_000]) }

/** The terms of an order of any kind: types, prices that the market may meet or not, and times in force. */
function drawKind(random: Random, side: Order['side']) {
  const limitPrice = drawPrice(random)
  const stopPrice = drawPrice(random)
  const wait = { timeInForce: random.pick(['GTC', 'DAY'] as const) }
  const roll = random.next()
  if (roll < 0.16) return { type: 'TRAILING_STOP', ...drawTrail(random), ...wait } as const
  if (roll < 0.28) {
    const isRising = limitPrice < stopPrice
    const [low, high] = isRising ? [limitPrice, stopPrice] : [stopPrice, limitPrice]
    const isBuy = side === 'BUY'
    const prices = { limitPrice: isBuy ? low : high, stopPrice: isBuy ? high : low }
    return { type: 'OCO', ...withStopLimit(random, side, prices), ...wait } as const
  }
  if (roll < 0.36) return { type: 'STOP', stopPrice, ...wait } as const
  if (roll < 0.48) return { type: 'STOP_LIMIT', stopPrice, limitPrice, ...wait } as const
  const timeInForce = random.pick(['GTC', 'GTC', 'DAY', 'IOC', 'FOK'] as const)
  return { type: 'LIMIT', limitPrice, timeInForce } as const
}

/** The two prices of an OCO order, often with a limit beyond the stop. */
function withStopLimit(random: Random, side: Order['side'], prices: Sides) {
  if (random.happens(0.5)) return prices
  const beyond = (prices.stopPrice * BigInt(random.below(80))) / 1_000n
  const stopLimitPrice = prices.stopPrice + (side === 'BUY' ? beyond : -beyond)
  return { ...prices, stopLimitPrice: priceFromUnits(stopLimitPrice) }
}

interface Sides {
  readonly limitPrice: Price
  readonly stopPrice: Price
}

/** An order whose limit is among the levels of a market, so that it may fill in part: some with a stop on the other side, some with exits. */
export function drawWithin(random: Random, { price: mid }: { price: Price }, side: Order['side']) {
  const away = (mid * BigInt(25 + random.below(90))) / 1_000n
  const timeInForce = random.pick(['GTC', 'GTC', 'DAY', 'IOC'] as const)
  const limitPrice = priceFromUnits(side === 'BUY' ? mid + away : mid - away)
  const quantity = quantityFromUnits(BigInt(1_000_000 + random.below(100_000_000)))
  if (random.happens(0.7)) {
    return withExits(random, side, { type: 'LIMIT', limitPrice, timeInForce, quantity } as const)
  }
  const beyond = (mid * BigInt(20 + random.below(100))) / 1_000n
  const stopPrice = priceFromUnits(side === 'BUY' ? limitPrice + beyond : limitPrice - beyond)
  const prices = withStopLimit(random, side, { limitPrice, stopPrice })
  const sides = { type: 'OCO', ...prices, timeInForce: 'GTC', quantity } as const
  return withExits(random, side, sides)
}

interface Terms {
  readonly type: Order['type']
  readonly limitPrice?: Price | undefined
  readonly stopPrice?: Price | undefined
  readonly stopLimitPrice?: Price | undefined
}

/** Prices on the two sides of the first stop of most trailing buys, which the market decides. */
const trailingExits = (random: Random) => ({
  takeProfitPrice: price(`${18 + random.below(20)}.5`),
  ...withLoss(random, price(`${3 + random.below(8)}.5`)),
})

/** A stop loss, often with a limit. */
function withLoss(random: Random, stopLossPrice: Price) {
  if (random.happens(0.5)) return { stopLossPrice }
  const share = BigInt(900 + random.below(101))
  return { stopLossPrice, stopLossLimitPrice: priceFromUnits((stopLossPrice * share) / 1_000n) }
}

/** Gives half of the buys exits: a profit, a stop, or both. */
function withExits<Drawn extends Terms>(random: Random, side: Order['side'], terms: Drawn) {
  const { type, limitPrice, stopPrice, stopLimitPrice } = terms
  const entry = limitPrice ?? stopPrice
  if (side === 'SELL' || random.happens(0.5)) return terms
  if (entry === undefined) return { ...terms, ...trailingExits(random) }
  const highest = type === 'OCO' ? (stopLimitPrice ?? stopPrice ?? entry) : entry
  const away = (from: Price, share: number): Price =>
    priceFromUnits((from * BigInt(share + random.below(100))) / 1_000n)
  const kinds = random.pick(['profit', 'loss', 'both'] as const)
  return {
    ...terms,
    ...(kinds !== 'loss' && { takeProfitPrice: away(highest, 1_050) }),
    ...(kinds !== 'profit' && withLoss(random, away(entry, 800))),
  }
}
