import type { Price } from '@cnop/kit/money'
import type { PriceDirection } from '@cnop/quotes/nearest-waiting'
import { isOpen, type Order, type OrderSide } from './order.ts'
import { fillLimit, pendingStop, stopDirection } from './stop.ts'

/** Orders that wait for one asset on one side: at a limit, or for a stop price. */
export interface Book {
  readonly assetId: string
  readonly side: OrderSide
  readonly kind: 'LIMIT' | 'STOP'
}

/** From where the market reaches the orders of a book. */
export function bookDirection({ side, kind }: Omit<Book, 'assetId'>): PriceDirection {
  if (kind === 'STOP') return stopDirection(side)
  return side === 'BUY' ? 'BELOW' : 'ABOVE'
}

/** Where an open order waits, and at which price; undefined for an order that has ended. */
export function placeInBook(
  order: Order,
): { readonly book: Book; readonly price: Price } | undefined {
  if (!isOpen(order)) return undefined
  const { assetId, side } = order
  const stop = pendingStop(order)
  const price = stop ?? fillLimit(order)
  const kind = stop === undefined ? 'LIMIT' : 'STOP'
  return price === undefined ? undefined : { book: { assetId, side, kind }, price }
}
