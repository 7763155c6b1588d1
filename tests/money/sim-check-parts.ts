import type { JournalEntry } from '@cnop/ledger/chain'
import { cashChange } from '@cnop/ledger/entry'
import type { Order } from '@cnop/order/domain/order'
import type { Fill } from '@cnop/order/domain/parts'
import type { Rows } from './sim-rows.ts'

/** The rows of the parts of an order, oldest first. */
export const fillsOf = ({ fills }: Rows, id: string): readonly Fill[] =>
  [...fills.values()].filter(({ orderId }) => orderId === id).sort((a, b) => a.number - b.number)

export const tradesOf = ({ entries }: Rows, { id, username }: Order): readonly JournalEntry[] =>
  [...entries.values()]
    .filter((entry) => entry.username === username && entry.orderId === id)
    .filter(({ kind }) => kind === 'BUY' || kind === 'SELL')
    .sort((a, b) => (a.sequence < b.sequence ? -1 : 1))

/** Lists the orders whose fills are not what the journal shows, or do not sum to what the order says. */
export function checkParts(rows: Rows): string[] {
  return [...rows.orders.values()].flatMap(({ record }) =>
    record ? (checkOrder(record, rows) ?? []) : [],
  )
}

function checkOrder(order: Order, rows: Rows): string | undefined {
  const { id, fillCount = 0 } = order
  const trades = tradesOf(rows, order)
  const fills = fillsOf(rows, id)
  const isWhole = fillCount === 0 && order.status === 'COMPLETED'
  if (trades.length !== (isWhole ? 1 : fillCount)) {
    return `${id} has traded ${trades.length} times, and counts ${fillCount}`
  }
  if (fills.length !== fillCount) return `${id} has ${fills.length} rows of ${fillCount} fills`
  const wrong = fills.find((fill, place) => !isTradeOf(fill, place, trades[place]))
  if (wrong) return `fill ${wrong.number} of ${id} is another than in the journal`
  return checkSums(order, trades) ?? checkStatus(order)
}

const isTradeOf = (fill: Fill, place: number, entry: JournalEntry | undefined): boolean =>
  entry !== undefined &&
  fill.number === place + 1 &&
  fill.price === entry.price &&
  fill.quantity === entry.quantity &&
  fill.fee === entry.fee &&
  fill.total === absolute(cashChange(entry))

const absolute = (amount: bigint): bigint => (amount < 0n ? -amount : amount)

/** What an order says that it has filled and moved is what its trades sum to. */
function checkSums(order: Order, trades: readonly JournalEntry[]): string | undefined {
  const { id, status, quantity, filledQuantity, total = 0n, fee = 0n } = order
  const sum = (of: (entry: JournalEntry) => bigint) =>
    trades.reduce((all, entry) => all + of(entry), 0n)
  const filled = filledQuantity ?? (status === 'COMPLETED' ? quantity : 0n)
  if (sum((entry) => entry.quantity ?? 0n) !== filled) return `${id} has filled another quantity`
  const isRight =
    sum((entry) => absolute(cashChange(entry))) === total && sum((entry) => entry.fee ?? 0n) === fee
  return isRight ? undefined : `${id} has moved another total than its trades`
}

const isDivisible = ({ type, timeInForce }: Order): boolean =>
  (type === 'LIMIT' || type === 'STOP_LIMIT' || type === 'OCO') && timeInForce !== 'FOK'

/** Only an order at a limit fills in part. */
function checkStatus(order: Order): string | undefined {
  const { id, status, quantity, filledQuantity } = order
  if (filledQuantity === undefined) {
    return status === 'PARTIALLY_FILLED' ? `${id} has filled in part without a fill` : undefined
  }
  if (!isDivisible(order)) return `${id} may not fill in part`
  const isRight = status === 'COMPLETED' ? filledQuantity === quantity : filledQuantity < quantity
  return isRight && filledQuantity > 0n ? undefined : `${id} is ${status} and has filled otherwise`
}
