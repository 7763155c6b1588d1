import { type Price, price, quantityFromUnits, usd } from '@cnop/kit/money'
import { emptyHolding } from '@cnop/ledger/account'
import { openOrder } from '@cnop/order/domain/open-order'
import { checkRequest, type OrderRequest } from '@cnop/order/domain/order-request'
import { type Circumstances, planOrder, refuseOrder } from '@cnop/order/domain/plan-order'
import type { Random } from './random.ts'
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
  stopAllowancePercent: 5n,
}

/**
 * Includes prices at which a whole holding is worth nothing, and those at which one step of the asset is worth dollars.
 */
const drawAnyPrice = (random: Random): Price =>
  (BigInt(1 + random.below(1_000_000)) * 10n ** BigInt(random.below(16))) as Price

function sizeWithoutFee(request: OrderRequest, now: Circumstances): OrderRequest {
  if (request.quantity !== undefined) return request
  const { quantity } = planOrder(request, { ...now, rules: { ...now.rules, feeBasisPoints: 0n } })
  return { ...request, quantity, quoteAmount: undefined }
}

/**
 * Market orders of every size, decided as in the order service: by quantity or by cash, worth hundreds of dollars or
 * nothing.
 */
export function planMarketOrder({ random, bugs, newKey }: Planner, username: string): Draw {
  const assetId = random.pick(assetIds)
  const side = random.pick(['BUY', 'SELL'] as const)
  const quote = { price: drawAnyPrice(random), quotedAt, isActive: true }
  const feeBasisPoints = random.pick([0n, 25n, 1_000n])
  const rules = { ...orderRules, feeBasisPoints }
  const size = random.happens(0.5)
    ? { quoteAmount: drawUsd(random, 20_000) }
    : { quantity: quantityFromUnits(BigInt(1 + random.below(10 ** random.pick([3, 6, 9])))) }
  const request = checkRequest({ side, type: 'MARKET', assetId, ...size }, rules)
  const id = `ord_${newKey()}`
  return {
    name: 'order',
    assetIds: [assetId],
    decide: ({ holdings }) => {
      const { available, held } = holdings.get(assetId) ?? emptyHolding(assetId)
      const now = { quote, available, held, open: 0, rules, nowMs: Date.parse(quotedAt) }
      const plan = planOrder(bugs.sizesWithoutFee ? sizeWithoutFee(request, now) : request, now)
      if (!bugs.sellsForNothing) refuseOrder(request, plan, now)
      const { order, covered } = openOrder(request, plan, { ...now, id, username, at: quotedAt })
      const { quantity, quoteAmount } = order
      const row = { id, username, side, assetId, held: 0n, quantity, quoteAmount } as const
      return decided(covered, [{ order: { ...row, status: 'FILLED' }, from: undefined }])
    },
  }
}
