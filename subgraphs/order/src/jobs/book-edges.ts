import type { Clock } from '@cnop/kit/clock'
import type { Price } from '@cnop/kit/money'
import type { OrderSide } from '../domain/order.ts'
import { isTriggered } from '../domain/trade-amounts.ts'

export interface BookSide {
  readonly assetId: string
  readonly side: OrderSide
}

/**
 * Remembers the best waiting price of each side of each asset, so that a tick reads only what it may trigger.
 * A memory that is wrong delays a fill until it is read again; it can never cause one, because orders guard themselves.
 */
export interface BookEdges {
  mayTrigger(book: BookSide, price: Price): boolean
  /** An order has begun to wait. */
  note(book: BookSide, limitPrice: Price): void
  /** Call before a read; hand what it returns the best price that the read left waiting, undefined for none. */
  startRead(book: BookSide): (best: Price | undefined) => void
  forget(book: BookSide): void
  readonly forgetAll: () => void
}

interface Edge {
  best: Price | undefined
  readonly trustedUntilMs: number
}

const nameOf = ({ assetId, side }: BookSide): string => `${assetId}#${side}`

/** Between half and the whole of the time, by name: books that were read together are not all read again together. */
function trustMs(name: string, refreshMs: number): number {
  const letters = Array.from(name).reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0)
  return Math.ceil((refreshMs * (64 + (letters % 64))) / 128)
}

export function keepBookEdges(now: Clock, refreshMs: number): BookEdges {
  const edges = new Map<string, Edge>()
  const readings = new Map<string, Set<Price[]>>()

  return {
    mayTrigger: (book, price) => {
      const edge = edges.get(nameOf(book))
      if (!edge || now() >= edge.trustedUntilMs) return true
      return edge.best !== undefined && isTriggered(book.side, edge.best, price)
    },
    note: (book, limitPrice) => {
      const name = nameOf(book)
      const edge = edges.get(name)
      if (edge) edge.best = better(book.side, edge.best, limitPrice)
      for (const noted of readings.get(name) ?? []) noted.push(limitPrice)
    },
    startRead: (book) => {
      const name = nameOf(book)
      const noted: Price[] = []
      const trustedUntilMs = now() + trustMs(name, refreshMs)
      const underWay = readings.get(name) ?? new Set()
      readings.set(name, underWay.add(noted))
      return (read) => {
        underWay.delete(noted)
        // What was noted during the read may not have been in it.
        const best = noted.reduce<Price | undefined>((a, b) => better(book.side, a, b), read)
        edges.set(name, { best, trustedUntilMs })
      }
    },
    forget: (book) => void edges.delete(nameOf(book)),
    forgetAll: () => {
      edges.clear()
    },
  }
}

/** The one that triggers first. */
function better(side: OrderSide, a: Price | undefined, b: Price): Price {
  if (a === undefined) return b
  return isTriggered(side, a, b) ? a : b
}
