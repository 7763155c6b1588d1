import { toIso } from '@cnop/kit/clock'
import { divide, type Price, price, usd, usdFromCents } from '@cnop/kit/money'
import { emptyHolding } from '@cnop/ledger/account'
import { buyEntry, type Entry, sellEntry } from '@cnop/ledger/entry'
import { closeOrder, meets, openOrder, planFill } from '@cnop/order/domain/open-order'
import { exitOf } from '@cnop/order/domain/exit'
import type { Order } from '@cnop/order/domain/order'
import { checkRequest, type OrderRequest } from '@cnop/order/domain/order-request'
import {
  type Circumstances,
  type OrderPlan,
  planOrder,
  refuseOrder,
} from '@cnop/order/domain/plan-order'
import type { MarketQuote } from '@cnop/order/domain/order-rules'
import { fillsAtMarket, pendingStop } from '@cnop/order/domain/stop'
import { trailingStop } from '@cnop/order/domain/trail'
import { follow } from '@cnop/order/domain/trigger'
import { tradeAmounts } from '@cnop/quotes/trade-amounts'
import type { Random } from './random.ts'
import { assetIds, decided, type Draw, type PlanBugs, type Planner } from './sim-plan.ts'
import {
  about,
  baseRules,
  changed,
  circumstancesOf,
  created,
  drawMarket,
  drawName,
  drawPrice,
  drawQuantity,
  nameRow,
  readOpen,
  refuseUsedName,
} from './sim-order-parts.ts'
import { exitEntry, opened } from './sim-exits.ts'
import { drawBook } from './sim-liquidity.ts'
import { spoilRates } from './sim-fees.ts'
import { planReplacement } from './sim-replacements.ts'
import { OrderMoved } from './sim-rows.ts'
import { drawTerms } from './sim-terms.ts'

/** Limit orders of every time in force, at limits that the market meets or not, some of them named. */
export function planOrderOfAnyKind(planner: Planner, username: string): Draw {
  const { random, bugs, newKey } = planner
  const assetId = random.pick(assetIds)
  const market = drawMarket(random)
  const [id, exitId] = [`ord_${newKey()}`, `ord_${newKey()}`]
  const clientOrderId = drawName(random, id)
  const side = random.pick(['BUY', 'SELL'] as const)
  const input = {
    side,
    assetId,
    quantity: drawQuantity(random),
    ...drawTerms(random, side),
    ...(clientOrderId !== undefined && { clientOrderId }),
  }
  const request = checkRequest(input, { ...baseRules, fees: market.schedule })
  return {
    name: 'place',
    assetIds: [assetId],
    reads: nameRow(username, clientOrderId),
    decide: (state, preview) => {
      refuseUsedName(bugs, clientOrderId, state.rows[0])
      const now = forgetAllowance(bugs, circumstancesOf(planner, market, assetId, state))
      const asked = letIocWait(bugs, request)
      const plan = spoilHold(bugs, asked, planOrder(asked, now), now)
      refuseOrder(asked, plan, now)
      const placement = { ...now, id, exitId, username, at: toIso(now.nowMs) }
      const { order, entry, exit, covered } = openOrder(asked, plan, placement)
      preview(covered)
      const record = { ...order, timeInForce: request.timeInForce }
      const moved = exitEntry(bugs, bugs.keepsHoldOfIoc ? covered : entry)
      const cause = [
        { ...created(record, market.schedule), market: market.book },
        ...opened(bugs, exit),
      ]
      return decided(bugs.holdsBothSides ? twiceFor(record, moved) : moved, cause)
    },
  }
}

/** The hold of an OCO buy by the price of its limit, where a bug makes it. */
function spoilHold(
  { holdsLimitOfOco, holdsMakerFee }: PlanBugs,
  { side, type, limitPrice }: OrderRequest,
  plan: OrderPlan,
  { fees }: Circumstances,
): OrderPlan {
  if (holdsMakerFee && plan.outcome === 'WAIT' && side === 'BUY') {
    const fee = divide(plan.value * fees.maker, 10_000n, 'up')
    return { ...plan, total: usdFromCents(plan.value + fee) }
  }
  if (!holdsLimitOfOco || type !== 'OCO' || limitPrice === undefined || plan.outcome === 'FILL') {
    return plan
  }
  return {
    ...plan,
    ...tradeAmounts({ ...plan, side, price: limitPrice }),
  }
}

/** The hold of an OCO order, as if each of its sides had one. */
function twiceFor({ type }: Order, entry: Entry | undefined): Entry | undefined {
  if (type !== 'OCO' || entry?.kind !== 'HOLD') return entry
  const postings = entry.postings.map((each) => ({ ...each, amount: each.amount * 2n }))
  return { ...entry, postings }
}

const letIocWait = ({ letsIocWait }: PlanBugs, request: OrderRequest): OrderRequest =>
  letsIocWait && request.type === 'LIMIT' ? { ...request, timeInForce: 'GTC' } : request

const forgetAllowance = ({ holdsStopPriceOnly }: PlanBugs, now: Circumstances): Circumstances =>
  holdsStopPriceOnly ? { ...now, rules: { ...now.rules, stopAllowancePercent: 0n } } : now

/** A fill, a cancellation, an expiry or a replacement of an order that was open at some time. */
export function planChange(planner: Planner, known: Order): Draw {
  const { random } = planner
  const looks = known.bestPrice === undefined ? 0.5 : 0.65
  if (pendingStop(known) !== undefined && random.happens(looks)) return planWatch(planner, known)
  const roll = random.next()
  if (roll < 0.35) return planFillOf(planner, known)
  if (roll < 0.55) return planEndOf(planner, known)
  return planReplacement(planner, known)
}

/** A price around what an order waits for, mostly one that reaches it; after a huge fall, one of almost nothing, and after a rise, one beyond the hold. */
function drawNear(random: Random, known: Order, isBuy: boolean): Price {
  const { type, limitPrice, stopPrice, triggeredAt } = known
  const isAtMarket = fillsAtMarket(type) && triggeredAt !== undefined
  const at = limitPrice ?? stopPrice ?? 1n
  if (isAtMarket && isBuy && random.happens(0.5)) return ((at * 108n) / 100n) as Price
  if (isAtMarket && random.happens(0.4)) return price('0.000001')
  const share = BigInt(random.below(400) - 150)
  const better = (at * share) / 1_000n
  return (isBuy ? at - better : at + better) as Price
}

/** The matcher's fill: at the limit or better, or at the market for a stop that was triggered. */
function planFillOf(planner: Planner, known: Order): Draw {
  const { random, bugs, newKey } = planner
  const exitId = `ord_${newKey()}`
  const near = drawBook(random, drawNear(random, known, known.side === 'BUY'))
  const market = { ...drawMarket(random), ...near }
  return {
    ...about(known),
    name: 'fill',
    key: `fill:${known.id}`,
    isShared: true,
    decide: (state) => {
      const { rows, holdings } = state
      const open = readOpen(rows)
      const { quote, nowMs, fees } = circumstancesOf(planner, market, open.assetId, state)
      const seen = bugs.fillsUntriggered ? { ...open, triggeredAt: 'never' } : open
      if (!meets(seen, quote, nowMs) && !reachesMid(bugs, seen, quote)) throw new OrderMoved()
      const holding = holdings.get(open.assetId) ?? emptyHolding(open.assetId)
      const moment = { quote, holding, at: toIso(nowMs), exitId }
      const { taker: feeBasisPoints, maker: makerFeeBasisPoints } = fees
      const agreed = bugs.chargesFeeOfNow ? { ...open, feeBasisPoints, makerFeeBasisPoints } : open
      const { order, entry, exit } = planFill(spoilRates(bugs, agreed), moment)
      return order.status === 'FAILED'
        ? (fillAnyway(bugs, open, quote.price) ?? decided(entry, [changed(order)]))
        : decided(exitEntry(bugs, entry), [
            { ...changed(keepOpen(bugs, open, order)), market: market.book },
            ...opened(bugs, exit),
          ])
    },
  }
}

/** Whether the mid price reaches a limit, which is not enough for a fill. */
const reachesMid = (
  { ignoresLimit }: PlanBugs,
  order: Order,
  { price: mid }: MarketQuote,
): boolean => !!ignoresLimit && meets(order, { price: mid, quotedAt: '', isActive: true }, 0)

/** An OCO order whose limit filled and whose stop still waits, where a bug makes it. */
const keepOpen = ({ keepsOcoOpen }: PlanBugs, open: Order, filled: Order): Order =>
  keepsOcoOpen && open.type === 'OCO' ? open : filled

/** The fill of an order that should fail, where a bug makes it. */
function fillAnyway(bugs: PlanBugs, open: Order, at: Price) {
  const { id: orderId, side, assetId, quantity } = open
  if (!(side === 'BUY' ? bugs.fillsBeyondHold : bugs.fillsForNothing)) return undefined
  const { total, fee } = tradeAmounts({ ...open, price: at })
  const terms = { orderId, assetId, quantity, price: at, total, fee }
  const filled: Order = { ...open, status: 'COMPLETED', price: at, total, fee }
  const entry =
    side === 'BUY'
      ? buyEntry({ ...terms, heldBefore: open.heldCash ?? usd('0') })
      : sellEntry({ ...terms, heldBefore: quantity })
  return decided(entry, [changed(filled)])
}

/** Any price, or one that moves the stop of a trailing order on, so that looks race for it. */
function drawSeen(random: Random, { side, bestPrice }: Order): Price {
  if (bestPrice === undefined || random.happens(0.5)) return drawPrice(random)
  const share = BigInt(20 + random.below(100))
  const better = (bestPrice * share) / 1_000n
  return (side === 'BUY' ? bestPrice - better : bestPrice + better) as Price
}

/** What prices of the market do to a stop order: they trigger it, move its stop, or neither. */
function planWatch({ random, bugs, now }: Planner, known: Order): Draw {
  const prices = Array.from({ length: 1 + random.below(3) }, () => drawSeen(random, known))
  const look = (order: Order): Order => {
    const [nowMs, at] = [now(), toIso(now())]
    const judged: Order = bugs.triggersOnWrongSide
      ? { ...order, side: order.side === 'BUY' ? 'SELL' : 'BUY' }
      : order
    const next = follow(judged, [{ prices, from: at, until: at }], { nowMs, at })
    return next === judged ? order : { ...spoilTrail(bugs, next, order), side: order.side }
  }
  const expected = look(known)
  const isTrigger = expected.triggeredAt !== undefined
  return {
    ...about(known),
    name: isTrigger ? 'trigger' : 'trail',
    key: isTrigger ? `trigger:${known.id}` : `trail:${known.id}:${expected.bestPrice}`,
    isShared: true,
    decide: ({ rows }) => {
      const open = readOpen(rows)
      const next = look(open)
      if (next === open) throw new OrderMoved()
      return decided(undefined, [changed(next, open)])
    },
  }
}

/** A moved stop, as a bug would have it. */
function spoilTrail(bugs: PlanBugs, next: Order, before: Order): Order {
  const { bestPrice } = next
  if (bestPrice === undefined || before.bestPrice === bestPrice) return next
  if (bugs.trailsBackwards) {
    const back = (2n * (before.bestPrice ?? bestPrice) - bestPrice) as Price
    return { ...next, bestPrice: back, stopPrice: trailingStop(next.side, next, back) }
  }
  if (bugs.forgetsDistance) return { ...next, stopPrice: bestPrice }
  if (!bugs.shrinksTrailHold || next.heldCash === undefined) return next
  const ratio = { ...next, price: next.stopPrice ?? bestPrice }
  return { ...next, heldCash: tradeAmounts(ratio).total }
}

function planEndOf({ random, bugs, newKey, now }: Planner, known: Order): Draw {
  const exitId = `ord_${newKey()}`
  const status = random.pick(['CANCELLED', 'EXPIRED'] as const)
  const name = status === 'CANCELLED' ? 'cancel' : 'expire'
  return {
    ...about(known),
    name,
    key: `${name}:${known.id}`,
    isShared: true,
    decide: ({ rows }) => {
      const open = readOpen(rows)
      const at = toIso(now())
      const { order, entry } = closeOrder(open, { status, at })
      const quote = { price: price('1'), quotedAt: at, isActive: true }
      const exit = bugs.opensExitOfCancelled ? exitOf(open, { exitId, quote, at }) : undefined
      return decided(entry, [changed(order), ...opened(bugs, exit)])
    },
  }
}
