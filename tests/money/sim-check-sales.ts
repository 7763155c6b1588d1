import { isOpen, type Order } from '@cnop/order/domain/order'
import { tradesOf } from './sim-check-parts.ts'
import type { Rows } from './sim-rows.ts'

/** What is wrong with the sale that a buy opens, or with an order as such a sale. */
export const checkSale = (order: Order, rows: Rows): string | undefined =>
  checkBuy(order, rows) ?? checkQuantity(order, rows) ?? checkPrices(order, rows)

/** Every fill of a buy with exits sets what it bought aside for a sale of it, of which one at most is open; other orders open nothing. */
function checkBuy(order: Order, rows: Rows): string | undefined {
  const { id, takeProfitPrice, stopLossPrice, exitOrderId } = order
  const hasExits = (takeProfitPrice ?? stopLossPrice) !== undefined
  const trades = tradesOf(rows, order)
  const sales = trades.map(({ openedOrderId }) => recordOf(rows, openedOrderId))
  if (!hasExits) {
    const opens = trades.some(({ openedOrderId }) => openedOrderId !== undefined)
    return opens ? `${id} opens a sale without exits` : undefined
  }
  if (sales.some((sale) => sale?.entryOrderId !== id)) return `a sale of ${id} is missing`
  if (exitOrderId === undefined) return trades.length > 0 ? `${id} names no sale` : undefined
  const open = [...rows.orders.values()].filter(
    ({ record }) => record?.entryOrderId === id && isOpen(record),
  )
  if (open.length > 1) return `${id} has two open sales`
  return open.every((sale) => sale.id === exitOrderId) ? undefined : `${id} names another sale`
}

const recordOf = ({ orders }: Rows, id = ''): Order | undefined => orders.get(id)?.record

/** A sale that a buy has opened is of what the buy bought for it; one that has replaced it, of what it was placed with and of what came after. */
function checkQuantity(order: Order, rows: Rows): string | undefined {
  const { id, entryOrderId, replaces, quantity } = order
  const bought = [...rows.entries.values()]
    .filter(({ openedOrderId }) => openedOrderId === id)
    .reduce((sum, entry) => sum + (entry.quantity ?? 0n), 0n)
  const isPlaced = entryOrderId === undefined || replaces !== undefined
  const should = bought + (isPlaced ? (rows.placed.get(id) ?? 0n) : 0n)
  return quantity === should ? undefined : `${id} is of ${quantity} instead of ${should}`
}

/** A sale is at the exits of its buy, unless its owner has replaced it. */
function checkPrices(order: Order, rows: Rows): string | undefined {
  const { id, entryOrderId, replaces, side, limitPrice, stopPrice, stopLimitPrice } = order
  if (entryOrderId === undefined) return undefined
  const buy = recordOf(rows, entryOrderId)
  if (!buy || tradesOf(rows, buy).length === 0) return `${id} sells what was not bought`
  const { takeProfitPrice, stopLossPrice, stopLossLimitPrice } = buy
  const limits =
    takeProfitPrice === undefined
      ? [stopLossLimitPrice, undefined]
      : [takeProfitPrice, stopLossLimitPrice]
  const isAtExits =
    limitPrice === limits[0] && stopLimitPrice === limits[1] && stopPrice === stopLossPrice
  const isRight = side === 'SELL' && (replaces !== undefined || isAtExits)
  return isRight ? undefined : `${id} is another sale than ${entryOrderId} ordered`
}
