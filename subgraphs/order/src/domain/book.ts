import type { Price } from '@cnop/kit/money'
import type { PriceDirection, WaitingSide } from '@cnop/quotes/nearest-waiting'
import { isOpen, type Order, type OrderSide } from './order.ts'
import { fillLimit, pendingStop, stopDirection } from './stop.ts'
import { nextBest, trailDirection } from './trail.ts'

/** Orders that wait for one asset on one side: at a limit, for a stop price, or for a price that moves their stop. */
export interface Book {
  readonly assetId: string
  readonly side: OrderSide
  readonly kind: 'LIMIT' | 'STOP' | 'TRAIL'
}

/** From where the market reaches the orders of a book. */
export function bookDirection({ side, kind }: Omit<Book, 'assetId'>): PriceDirection {
  if (kind === 'STOP') return stopDirection(side)
  if (kind === 'TRAIL') return trailDirection(side)
  return side === 'BUY' ? 'BELOW' : 'ABOVE'
}

/** How the nearest price of a book is remembered. */
export const waitingSideOf = (book: Book): WaitingSide => ({
  assetId: book.assetId,
  direction: bookDirection(book),
  book: book.kind,
})

/** The price at which an order waits in a book; undefined where it does not. */
export function priceIn(order: Order, kind: Book['kind']): Price | undefined {
  if (!isOpen(order)) return undefined
  if (kind === 'STOP') return pendingStop(order)
  return kind === 'TRAIL' ? nextBest(order) : fillLimit(order)
}

export interface Place {
  readonly book: Book
  readonly price: Price
}

const kinds = ['LIMIT', 'STOP', 'TRAIL'] as const

/** Where an order waits, in one book or in two; nowhere when it has ended. */
export function placesOf(order: Order): readonly Place[] {
  const { assetId, side } = order
  return kinds.flatMap((kind) => {
    const price = priceIn(order, kind)
    return price === undefined ? [] : [{ book: { assetId, side, kind }, price }]
  })
}
