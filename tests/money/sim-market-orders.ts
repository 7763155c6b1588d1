import { type Price, price, quantityFromUnits, usd } from '@cnop/kit/money'
import { emptyHolding } from '@cnop/ledger/account'
import { openOrder } from '@cnop/order/domain/open-order'
import { checkRequest, type OrderRequest } from '@cnop/order/domain/order-request'
import type { OrderRules } from '@cnop/order/domain/order-rules'
import { type Circumstances, planOrder, refuseOrder } from '@cnop/order/domain/plan-order'
import { agreedRates } from '@cnop/order/domain/order-fee'
import { noSpread } from '@cnop/quotes/liquidity'
import type { Random } from './random.ts'
import { drawMarket, spoilBook } from './sim-liquidity.ts'
import { drawSchedule, ratesOf } from './sim-fees.ts'
import { assetIds, decided, type Draw, drawUsd, type Planner } from './sim-plan.ts'

const quotedAt = '2026-01-05T23:30:00.000Z'

/** The rules of the REST API, which has no minimum value. */
const orderRules = {
  minimum: { quantity: quantityFromUnits(1n), value: usd('0') },
  maxValue: usd('10000'),
  maxLimitPrice: price('1000000'),
  quoteMaxAgeMs: 60_000,
  longestWaitMs: 60_000,
  mostOpen: 1,
  liquidity: noSpread,
  stopAllowancePercent: 5n,
}

/**
 * Includes prices at which a whole holding is worth nothing, and those at which one step of the asset is worth dollars.
 */
const drawAnyPrice = (random: Random): Price =>
  (BigInt(1 + random.below(1_000_000)) * 10n ** BigInt(random.below(16))) as Price

function sizeWithoutFee(request: OrderRequest, now: Circumstances): OrderRequest {
  if (request.quantity !== undefined) return request
  const { quantity } = planOrder(request, { ...now, fees: { maker: 0n, taker: 0n } })
  return { ...request, quantity, quoteAmount: undefined }
}

/**
 * Market orders of every size, decided as in the order service: by quantity or by cash, worth hundreds of dollars or
 * nothing.
 */
export function planMarketOrder({ random, bugs, newKey }: Planner, username: string): Draw {
  const assetId = random.pick(assetIds)
  const side = random.pick(['BUY', 'SELL'] as const)
  const { price: mid, book } = drawMarket(random, drawAnyPrice(random))
  const quote = { price: mid, quotedAt, isActive: true, ...spoilBook(bugs, book) }
  const schedule = drawSchedule(random)
  const rules: OrderRules = { ...orderRules, fees: schedule }
  const size = random.happens(0.5)
    ? { quoteAmount: drawUsd(random, 20_000) }
    : { quantity: quantityFromUnits(BigInt(1 + random.below(10 ** random.pick([3, 6, 9])))) }
  const request = checkRequest({ side, type: 'MARKET', assetId, ...size }, rules)
  const id = `ord_${newKey()}`
  return {
    name: 'order',
    assetIds: [assetId],
    decide: ({ account, holdings }) => {
      const { available, held, lots } = holdings.get(assetId) ?? emptyHolding(assetId)
      const nowMs = Date.parse(quotedAt)
      const fees = ratesOf(bugs, account, { schedule, nowMs })
      const now = { quote, available, held, lots, open: 0, fees, rules, nowMs }
      const plan = planOrder(bugs.sizesWithoutFee ? sizeWithoutFee(request, now) : request, now)
      if (!bugs.sellsForNothing) refuseOrder(request, plan, now)
      const { order, covered } = openOrder(request, plan, {
        ...now,
        id,
        exitId: id,
        username,
        at: quotedAt,
      })
      const { quantity, quoteAmount } = order
      const row = { id, username, side, assetId, held: 0n, quantity, quoteAmount } as const
      const agreed = { schedule, rates: agreedRates(order) }
      const placed = { ...row, status: 'FILLED' } as const
      return decided(covered, [{ order: placed, from: undefined, fees: agreed, market: { book } }])
    },
  }
}
