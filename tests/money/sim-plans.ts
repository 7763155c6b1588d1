import {
  notional,
  type Price,
  price,
  type Quantity,
  quantityFromUnits,
  type Usd,
  usd,
  usdFromCents,
} from '@cnop/kit/money'
import type { Holding } from '@cnop/ledger/account'
import {
  buyEntry,
  depositEntry,
  type Entry,
  redPocketEntry,
  sellEntry,
  withdrawalEntry,
} from '@cnop/ledger/entry'
import {
  holdAssetEntry,
  holdCashEntry,
  releaseAssetEntry,
  releaseCashEntry,
} from '@cnop/ledger/hold-entries'
import type { Random } from './random.ts'
import { planMarketOrder } from './sim-market-orders.ts'
import {
  assetIds,
  decided,
  type Draw,
  drawUsd,
  type Plan,
  type PlanBugs,
  type Planner,
} from './sim-plan.ts'
import { planChange, planOrderOfAnyKind, planRace } from './sim-orders.ts'
import { planRecurring } from './sim-recurring.ts'
import { OrderMoved, type OrderRow } from './sim-rows.ts'

const noFee = usd('0')

/** Quantities and prices with long fractions, so that rounding has an effect. The product is always at least a cent. */
const drawQuantity = (random: Random): Quantity =>
  quantityFromUnits(BigInt(1_000_000 + random.below(3_000_000_000)))

const drawPrice = (random: Random): Price =>
  price(`${1 + random.below(20)}.${random.below(1_000_000)}7`)

const drawFee = (random: Random): Usd => (random.happens(0.5) ? noFee : drawUsd(random, 50))

function planCash(planner: Planner): Draw {
  const { random } = planner
  if (random.happens(0.1)) return planChoice(planner)
  const amount = drawUsd(random, 40_000)
  const movements = [
    ['deposit', depositEntry],
    ['deposit', depositEntry],
    ['withdraw', withdrawalEntry],
    ['red pocket', redPocketEntry],
  ] as const
  const [name, toEntry] = random.pick(movements)
  return { name, decide: () => decided(toEntry(amount)) }
}

/** A choice of lots; sales may race with it. */
function planChoice({ random }: Planner): Draw {
  const lotMethod = random.pick(['HIFO', 'HIFO', 'FIFO'] as const)
  return { name: 'choose lots', decide: () => ({ ...decided(undefined), lotMethod }) }
}

function planBuy({ random, bugs }: Planner): Draw {
  const assetId = random.pick(assetIds)
  const terms = { assetId, quantity: drawQuantity(random), price: drawPrice(random) }
  const fee = drawFee(random)
  const cost = notional(terms.price, terms.quantity, { round: bugs.roundsBuysDown ? 'down' : 'up' })
  const total = usdFromCents(cost + fee)
  return {
    name: 'buy',
    assetIds: [assetId],
    decide: () => decided(buyEntry({ ...terms, total, fee, orderId: 'ord_market' })),
  }
}

const roundOf = (bugs: PlanBugs) => ({ round: bugs.roundsSalesUp ? 'up' : 'down' }) as const

function planSell({ random, bugs }: Planner): Draw {
  const assetId = random.pick(assetIds)
  const isWhole = random.happens(0.5)
  const asked = drawQuantity(random)
  const at = drawPrice(random)
  return {
    name: 'sell',
    assetIds: [assetId],
    decide: ({ holdings }) => {
      const sold = isWhole ? wholeOf(holdings.get(assetId), asked) : asked
      const total = notional(at, sold, roundOf(bugs))
      const terms = { assetId, quantity: sold, price: at, total, fee: noFee, orderId: 'ord_market' }
      return decided(sellEntry(terms))
    },
  }
}

const wholeOf = (holding: Holding | undefined, otherwise: Quantity): Quantity =>
  holding && holding.available > 0n && holding.held === 0n ? holding.available : otherwise

function planLimit({ random, newKey }: Planner, username: string): Draw {
  const assetId = random.pick(assetIds)
  const side = random.pick(['BUY', 'SELL'] as const)
  const asked = drawQuantity(random)
  const limit = drawPrice(random)
  const held = side === 'BUY' ? notional(limit, asked, { round: 'up' }) : asked
  const id = `ord_${newKey()}`
  const order = { id, username, side, assetId, held, quantity: asked, status: 'OPEN' } as const
  const entry = (): Entry =>
    side === 'BUY'
      ? holdCashEntry({ amount: usdFromCents(held), orderId: id, assetId })
      : holdAssetEntry({ quantity: asked, orderId: id, assetId })
  return {
    name: 'place',
    assetIds: [assetId],
    decide: () => decided(entry(), [{ order, from: undefined }]),
  }
}

function readOpen(rows: readonly (OrderRow | undefined)[]): OrderRow {
  const [order] = rows
  if (order?.status !== 'OPEN') throw new OrderMoved()
  return order
}

/** A fill never costs more than its hold: the market is at or below the limit. */
function fillEntry(order: OrderRow, share: bigint, fee: boolean, bugs: PlanBugs): Entry {
  const terms = {
    assetId: order.assetId,
    quantity: quantityFromUnits(order.quantity),
    price: price('0.000000000001'),
    fee: noFee,
    orderId: order.id,
  }
  if (order.side === 'SELL') {
    const at = price('2.5')
    const total = notional(at, terms.quantity, roundOf(bugs))
    return sellEntry({ ...terms, price: at, total, heldBefore: terms.quantity })
  }
  const at = ((order.held * 10n ** 18n * share) / (order.quantity * 1000n) || 1n) as Price
  const cost = notional(at, terms.quantity, { round: bugs.roundsBuysDown ? 'down' : 'up' })
  const unused = usdFromCents(order.held - cost)
  const charged = fee && unused > 0n ? usdFromCents(1n) : noFee
  const total = usdFromCents((cost || 1n) + charged)
  const heldBefore = bugs.keepsUnusedHold ? total : usdFromCents(order.held)
  return buyEntry({ ...terms, price: at, total, fee: charged, heldBefore })
}

function planFill({ random, bugs }: Planner, order: OrderRow): Draw {
  const share = BigInt(400 + random.below(600))
  const hasFee = random.happens(0.5)
  return {
    name: 'fill',
    key: `fill:${order.id}`,
    input: { orderId: order.id },
    username: order.username,
    assetIds: [order.assetId],
    reads: [order.id],
    isShared: true,
    decide: ({ rows }) => {
      const open = readOpen(rows)
      const write = { order: { ...open, status: 'FILLED' }, from: 'OPEN' } as const
      return decided(fillEntry(open, share, hasFee, bugs), [write])
    },
  }
}

function planCancel({ bugs }: Planner, order: OrderRow): Draw {
  const { id: orderId, assetId } = order
  return {
    name: 'cancel',
    username: order.username,
    assetIds: [assetId],
    reads: [orderId],
    decide: ({ rows }) => {
      const open = readOpen(rows)
      const write = { order: { ...open, status: 'CANCELLED' }, from: 'OPEN' } as const
      if (bugs.forgetsRelease) return decided(undefined, [write])
      const entry =
        open.side === 'BUY'
          ? releaseCashEntry({ amount: usdFromCents(open.held), orderId, assetId })
          : releaseAssetEntry({ quantity: quantityFromUnits(open.held), orderId, assetId })
      return decided(entry, [write])
    },
  }
}

/** Mostly the newest open one, or one that has filled in part, so that commands race for it. */
function drawOrder(random: Random, orders: readonly OrderRow[]): OrderRow {
  const divided = orders.findLast(
    ({ status, record }) => status === 'OPEN' && record?.filledQuantity !== undefined,
  )
  if (divided && random.happens(0.5)) return divided
  const newest = orders.findLast(({ status }) => status === 'OPEN')
  return newest && random.happens(0.6) ? newest : random.pick(orders)
}

function draw(planner: Planner, username: string): Draw {
  const { random } = planner
  const race = planRace(planner)
  if (race) return race
  const roll = random.next()
  if (roll < 0.06) return planRecurring(planner, username) ?? planCash(planner)
  if (roll < 0.3) return planCash(planner)
  if (roll < 0.4) return planBuy(planner)
  if (roll < 0.48) return planSell(planner)
  if (roll < 0.55) return planMarketOrder(planner, username)
  if (roll < 0.6) return planLimit(planner, username)
  return drawOfOrders(planner, username, roll)
}

/** A new order of any kind, or a change of one that was open at some time. */
function drawOfOrders(planner: Planner, username: string, roll: number): Draw {
  const { random } = planner
  const orders = planner
    .orders()
    .filter(({ status }) => status !== 'RECURRING' && status !== 'DEPTH')
  if (roll < 0.74 || orders.length === 0) return planOrderOfAnyKind(planner, username)
  const order = drawOrder(random, orders)
  if (order.record) return planChange(planner, order.record)
  return roll < 0.88 ? planFill(planner, order) : planCancel(planner, order)
}

/** Draws the next command. */
export function drawPlan(planner: Planner): Plan {
  const username = planner.random.pick(planner.usernames)
  const key = planner.newKey()
  const drawn = draw(planner, username)
  return { username, key, input: { key }, assetIds: [], reads: [], isShared: false, ...drawn }
}

/** A first deposit with a key whose guard row has expired. */
export function planExpired(username: string): Plan {
  const draft = { name: 'deposit', decide: () => decided(depositEntry(usd('25.00'))) }
  const key = 'expired'
  return { username, key, input: { key }, assetIds: [], reads: [], isShared: false, ...draft }
}
