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
    return { type: 'OCO', ...prices, ...wait } as const
  }
  if (roll < 0.36) return { type: 'STOP', stopPrice, ...wait } as const
  if (roll < 0.48) return { type: 'STOP_LIMIT', stopPrice, limitPrice, ...wait } as const
  const timeInForce = random.pick(['GTC', 'GTC', 'DAY', 'IOC', 'FOK'] as const)
  return { type: 'LIMIT', limitPrice, timeInForce } as const
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
  const sides = { type: 'OCO', limitPrice, stopPrice, timeInForce: 'GTC', quantity } as const
  return withExits(random, side, sides)
}

interface Terms {
  readonly type: Order['type']
  readonly limitPrice?: Price | undefined
  readonly stopPrice?: Price | undefined
}

/** Gives half of the buys that may have them exits: a profit, a stop, or both. */
function withExits<Drawn extends Terms>(random: Random, side: Order['side'], terms: Drawn) {
  const { type, limitPrice, stopPrice } = terms
  const entry = limitPrice ?? stopPrice
  const mayHave = side === 'BUY' && type !== 'TRAILING_STOP'
  if (!mayHave || entry === undefined || random.happens(0.5)) return terms
  const highest = type === 'OCO' ? (stopPrice ?? entry) : entry
  const away = (from: Price, share: number): Price =>
    priceFromUnits((from * BigInt(share + random.below(100))) / 1_000n)
  const kinds = random.pick(['profit', 'loss', 'both'] as const)
  return {
    ...terms,
    ...(kinds !== 'loss' && { takeProfitPrice: away(highest, 1_050) }),
    ...(kinds !== 'profit' && { stopLossPrice: away(entry, 800) }),
  }
}
