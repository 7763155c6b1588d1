import { toIso } from '@cnop/kit/clock'
import { usd } from '@cnop/kit/money'
import type { Entry } from '@cnop/ledger/entry'
import { holdAssetEntry, holdCashEntry } from '@cnop/ledger/hold-entries'
import { openOrder } from '@cnop/order/domain/open-order'
import { isOpen, type Order } from '@cnop/order/domain/order'
import { planOrder, refuseOrder } from '@cnop/order/domain/plan-order'
import {
  checkChanges,
  refuseEnded,
  refuseResize,
  replacedOrder,
  replacementOf,
  withoutHold,
} from '@cnop/order/domain/replace-order'
import type { Random } from './random.ts'
import { decided, type Draw, type PlanBugs, type Planner } from './sim-plan.ts'
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
  refuseUsedName,
  taking,
  tradeOf,
} from './sim-order-parts.ts'
import { exitEntry, opened } from './sim-exits.ts'
import { drawPrice } from './sim-liquidity.ts'
import type { OrderWrite } from './sim-rows.ts'

/** Another order in place of an open one, with its hold. */
export function planReplacement(planner: Planner, known: Order): Draw {
  const { random, bugs, newKey } = planner
  const market = drawTick(planner, known.assetId)
  const [id, exitId] = [`ord_${newKey()}`, `ord_${newKey()}`]
  const clientOrderId = drawName(random, id)
  const rules = { ...baseRules, fees: market.schedule }
  const input = {
    ...{ key: '', orderId: known.id },
    ...(known.lots === undefined
      ? { quantity: drawQuantity(random) }
      : ({ timeInForce: 'GTC' } as const)),
    ...(known.limitPrice !== undefined && random.happens(0.7) && { limitPrice: drawPrice(random) }),
    ...drawStop(random, known),
    ...(clientOrderId !== undefined && { clientOrderId }),
  }
  const changes = checkChanges(input, rules)
  const named = nameRow(known.username, clientOrderId)
  return {
    ...about(known),
    input: { id },
    name: 'replace',
    reads: [known.id, ...named, ...buyOf(known), depthId(known)],
    decide: (state) => {
      refuseUsedName(bugs, clientOrderId, state.rows[1])
      const open = readOpen(state.rows)
      const buy = openBuy(open, state.rows[1 + named.length]?.record)
      refuseResize(open, changes)
      const request = replacementOf(open, changes, rules)
      const used = state.rows.at(-1)?.depth
      const moved = { ...state, known: used }
      const now = withoutHold(circumstancesOf(planner, market, open, moved), open)
      refuseEnded(open, now.nowMs)
      const plan = planOrder(request, now)
      refuseOrder(request, plan, now)
      const placement = { ...now, id, exitId, username: open.username, at: toIso(now.nowMs) }
      const { exit, fill, covered, ...next } = openOrder(request, plan, {
        ...placement,
        replaced: open,
      })
      const order = { ...next.order, entryOrderId: buy?.id }
      const ended = replacedOrder(open, id, placement.at)
      const entry = exitEntry(bugs, spoilReplacement(bugs, covered, order))
      const placed = { ...created(order, market.schedule), ...tradeOf(order, { market }), fill }
      return decided(entry, [
        ...causeOf(bugs, placed, ended),
        ...opened(bugs, { exit }),
        ...sold(bugs, buy, id),
        ...taking(bugs, order, { market, known: used }),
      ])
    },
  }
}

const buyOf = ({ entryOrderId }: Order): readonly string[] =>
  entryOrderId === undefined ? [] : [entryOrderId]

/** The buy that still adds to the sale that is replaced. */
const openBuy = ({ id }: Order, buy: Order | undefined): Order | undefined =>
  buy && isOpen(buy) && buy.exitOrderId === id ? buy : undefined

/** A buy with another sale than before. */
function sold(
  { forgetsReplacedSale }: PlanBugs,
  buy: Order | undefined,
  exitOrderId: string,
): readonly OrderWrite[] {
  if (!buy || forgetsReplacedSale) return []
  return [{ ...changed({ ...buy, exitOrderId }, buy), isBeside: true }]
}

/** Sometimes another stop price, or another distance of a trailing stop. */
function drawStop(random: Random, { stopPrice, stopLimitPrice, bestPrice }: Order) {
  if (stopPrice === undefined || random.happens(0.7)) return {}
  if (stopLimitPrice !== undefined && random.happens(0.5))
    return { stopLimitPrice: drawPrice(random) }
  return bestPrice === undefined
    ? { stopPrice: drawPrice(random) }
    : { trailBasisPoints: random.pick([50, 500, 3_000]) }
}

function causeOf(bugs: PlanBugs, order: OrderWrite, ended: Order): readonly OrderWrite[] {
  if (bugs.losesReplacement) return [changed(ended)]
  return bugs.leavesReplacedOpen ? [order] : [changed(ended), order]
}

function spoilReplacement(bugs: PlanBugs, entry: Entry, order: Order): Entry {
  if (bugs.keepsReplacedHold && order.status === 'PENDING') return plainHold(order)
  if (!bugs.freesReplacedTwice) return entry
  const postings = entry.postings.map((posting, place) => {
    const isFreed = place < 2 && entry.kind === 'REPLACE'
    return isFreed ? { ...posting, amount: posting.amount * 2n } : posting
  })
  return { ...entry, postings }
}

function plainHold({ id: orderId, side, assetId, quantity, heldCash = usd('0') }: Order): Entry {
  return side === 'BUY'
    ? holdCashEntry({ orderId, assetId, amount: heldCash })
    : holdAssetEntry({ orderId, assetId, quantity })
}
