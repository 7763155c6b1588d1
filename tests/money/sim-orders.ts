import { toIso } from '@cnop/kit/clock'
import { type Price, price } from '@cnop/kit/money'
import { emptyHolding } from '@cnop/ledger/account'
import { closeOrder, meets } from '@cnop/order/domain/fill-order'
import { openOrder } from '@cnop/order/domain/open-order'
import { exitOf } from '@cnop/order/domain/exit'
import { type Order, restOf } from '@cnop/order/domain/order'
import { checkRequest } from '@cnop/order/domain/order-request'
import { planOrder, refuseOrder } from '@cnop/order/domain/plan-order'
import { fillsAtMarket, limitOf, pendingStop } from '@cnop/order/domain/stop'
import { follow } from '@cnop/order/domain/trigger'
import type { Random } from './random.ts'
import { assetIds, decided, type Draw, type Planner } from './sim-plan.ts'
import {
  about,
  baseRules,
  changed,
  circumstancesOf,
  created,
  depthId,
  drawTick,
  drawName,
  drawQuantity,
  nameRow,
  readOpen,
  readSame,
  refuseUsedName,
  saleOf,
  taking,
  tradeOf,
} from './sim-order-parts.ts'
import {
  endIoc,
  fillAnyway,
  fillWith,
  forgetAllowance,
  keepOpen,
  letIocWait,
  reachesMid,
  seenAs,
  spoilHold,
  spoilTrail,
  twiceFor,
} from './sim-order-bugs.ts'
import { endedSale, exitEntry, opened } from './sim-exits.ts'
import { spoilRates } from './sim-fees.ts'
import { planReplacement } from './sim-replacements.ts'
import { OrderMoved } from './sim-rows.ts'
import { drawMarket, drawPrice, drawShallow } from './sim-liquidity.ts'
import { drawWish, nameLots } from './sim-named-lots.ts'
import { drawTerms, drawWithin } from './sim-terms.ts'

/** Limit orders of every time in force, at limits that the market meets or not, some of them named. */
export function planOrderOfAnyKind(planner: Planner, username: string): Draw {
  const { random, bugs, newKey } = planner
  const assetId = random.pick(assetIds)
  const isDivided = random.happens(0.4)
  const market = drawTick(planner, assetId, isDivided ? drawShallow : drawMarket)
  const [id, exitId] = [`ord_${newKey()}`, `ord_${newKey()}`]
  const clientOrderId = drawName(random, id)
  const side = random.pick(
    isDivided ? (['BUY', 'BUY', 'SELL'] as const) : (['BUY', 'SELL'] as const),
  )
  const quantity = drawQuantity(random)
  const input = {
    ...{ side, assetId, quantity },
    ...(isDivided ? drawWithin(random, market, side) : drawTerms(random, side)),
    ...(clientOrderId !== undefined && { clientOrderId }),
  }
  const checked = checkRequest(input, { ...baseRules, fees: market.schedule })
  const wish = drawWish(random, side)
  return {
    name: 'place',
    assetIds: [assetId],
    reads: [...nameRow(username, clientOrderId), depthId({ username, assetId, side })],
    decide: (state, preview) => {
      refuseUsedName(bugs, clientOrderId, state.rows[0])
      const owned = state.holdings.get(assetId)?.lots ?? ''
      const request = { ...checked, lots: nameLots(wish, owned, checked.quantity) }
      const known = state.rows.at(-1)?.depth
      const seen = circumstancesOf(planner, market, request, { ...state, known })
      const now = forgetAllowance(bugs, seen)
      const asked = letIocWait(bugs, request, planOrder(request, now))
      const plan = spoilHold(bugs, asked, planOrder(asked, now), now)
      refuseOrder(asked, plan, now)
      const placement = { ...now, id, exitId, username, at: toIso(now.nowMs) }
      const { order, entry, exit, fill, covered } = openOrder(asked, plan, placement)
      preview(covered)
      const record = endIoc(bugs, { ...order, timeInForce: request.timeInForce })
      const moved = exitEntry(bugs, bugs.keepsHoldOfIoc ? covered : entry)
      const cause = [
        { ...created(record, market.schedule), ...tradeOf(record, { market }), fill },
        ...opened(bugs, { exit }),
        ...taking(bugs, record, { market, known }),
      ]
      return decided(bugs.holdsBothSides ? twiceFor(record, moved) : moved, cause)
    },
  }
}

/** A change of an order that is about to fill, or of the sale of what it buys, so that the two race; undefined when there is none. */
export function planRace(planner: Planner): Draw | undefined {
  const { random, filling, orders } = planner
  const { order } = filling
  if (!order || random.happens(0.3)) return undefined
  filling.order = undefined
  const sale = orders().find(({ id }) => id === order.exitOrderId)?.record
  const changing = sale && random.happens(0.4) ? sale : order
  return random.happens(0.5) ? planEndOf(planner, changing) : planReplacement(planner, changing)
}

/** A fill, a cancellation, an expiry or a replacement of an order that was open at some time. */
export function planChange(planner: Planner, known: Order): Draw {
  const { random } = planner
  const looks = known.bestPrice === undefined ? 0.5 : 0.65
  if (pendingStop(known) !== undefined && random.happens(looks)) return planWatch(planner, known)
  const roll = random.next()
  const fills = known.filledQuantity === undefined ? 0.35 : 0.6
  if (roll < fills) return planFillOf(planner, known)
  if (roll < fills + 0.2) return planEndOf(planner, known)
  return planReplacement(planner, known)
}

/** A price around what an order waits for, mostly one that reaches it; after a huge fall, one of almost nothing, and after a rise, one beyond the hold. */
function drawNear(random: Random, known: Order, isBuy: boolean): Price {
  const { stopPrice, triggeredAt } = known
  const isAtMarket = fillsAtMarket(known) && triggeredAt !== undefined
  const at = limitOf(known) ?? stopPrice ?? 1n
  if (isAtMarket && isBuy && random.happens(0.5)) return ((at * 108n) / 100n) as Price
  if (isAtMarket && random.happens(0.4)) return price('0.000001')
  const share = drawShare(random, known)
  const better = (at * share) / 1_000n
  return (isBuy ? at - better : at + better) as Price
}

/** How far beyond a limit the market is, in thousandths of it. */
const drawShare = (random: Random, known: Order): bigint =>
  BigInt(isAtLimit(known) && random.happens(0.5) ? 25 + random.below(90) : random.below(400) - 150)

/** The matcher's fill: at the limit or better, or at the market for a stop that was triggered. */
function planFillOf(planner: Planner, known: Order): Draw {
  const { random, bugs, newKey } = planner
  const exitId = `ord_${newKey()}`
  const isBuy = known.side === 'BUY'
  const near = (): Price => drawNear(random, known, isBuy)
  const market = drawTick(planner, known.assetId, () =>
    isAtLimit(known) ? drawShallow(random, near()) : drawMarket(random, near()),
  )
  if (isAtLimit(known)) planner.filling.order = known
  const step = known.fillCount === undefined ? '' : `:${known.fillCount}`
  return {
    ...about(known),
    name: 'fill',
    key: `fill:${known.id}${step}`,
    reads: [known.id, depthId(known), ...saleOf(known)],
    isShared: true,
    decide: (state) => {
      const { rows, holdings } = state
      const open = readSame(rows, known)
      const used = rows[1]?.depth
      const moved = { ...state, known: used }
      const { quote, nowMs, fees } = circumstancesOf(planner, market, open, moved)
      const seen = seenAs(bugs, open)
      if (!meets(seen, quote, nowMs) && !reachesMid(bugs, seen, quote)) throw new OrderMoved()
      const holding = holdings.get(open.assetId) ?? emptyHolding(open.assetId)
      const sale = { exitId, known: rows[2]?.record }
      const moment = { quote, holding, at: toIso(nowMs), rules: baseRules, ...sale }
      const filled = fillWith(bugs, spoilRates(bugs, open, fees), moment)
      if (!filled) throw new OrderMoved()
      const { order, entry, fill } = filled
      const trade = { market, before: open, known: used }
      return order.status === 'FAILED'
        ? (fillAnyway(bugs, open, quote.price) ?? decided(entry, [changed(order)]))
        : decided(exitEntry(bugs, entry), [
            {
              ...changed(keepOpen(bugs, open, order), open),
              ...tradeOf(order, trade),
              fill,
            },
            ...opened(bugs, filled),
            ...taking(bugs, order, trade),
          ])
    },
  }
}

const isAtLimit = (order: Order): boolean => limitOf(order) !== undefined

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

function planEndOf({ random, bugs, newKey, now }: Planner, known: Order): Draw {
  const exitId = `ord_${newKey()}`
  const status = random.pick(['CANCELLED', 'EXPIRED'] as const)
  const name = status === 'CANCELLED' ? 'cancel' : 'expire'
  return {
    ...about(known),
    name,
    key: `${name}:${known.id}`,
    reads: [known.id, ...saleOf(known)],
    isShared: true,
    decide: ({ rows }) => {
      const open = readOpen(rows)
      const at = toIso(now())
      const whole: Order = { ...open, status: 'PENDING', filledQuantity: undefined }
      const ended = closeOrder(open, { status, at })
      const { order } = ended
      const { entry } = bugs.releasesFilled ? closeOrder(whole, { status, at }) : ended
      const quote = { price: price('1'), quotedAt: at, isActive: true }
      const rest = restOf(open)
      const exit = bugs.opensExitOfCancelled ? exitOf(open, rest, { exitId, quote, at }) : undefined
      return decided(entry, [
        changed(order),
        ...opened(bugs, { exit }),
        ...endedSale(bugs, rows[1]?.record, at),
      ])
    },
  }
}
