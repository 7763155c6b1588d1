import type { Clock } from '@cnop/kit/clock'
import type { Price } from '@cnop/kit/money'

/** From which side a price is reached: by rising to it, or by falling to it. */
export type PriceDirection = 'ABOVE' | 'BELOW'

/** Everything that waits for one asset to rise, or to fall. */
export interface WaitingSide {
  readonly assetId: string
  readonly direction: PriceDirection
}

/** Whether the market is at the price or beyond it. */
export function isReached(direction: PriceDirection, target: Price, marketPrice: Price): boolean {
  return direction === 'BELOW' ? marketPrice <= target : marketPrice >= target
}

/**
 * Remembers the nearest waiting price on each side of each asset, so that a tick reads only what it may trigger.
 * A memory that is wrong delays whatever waits until it is read again; it can never trigger it, because rows guard themselves.
 */
export interface PriceEdges {
  mayTrigger(side: WaitingSide, price: Price): boolean
  /** Something has begun to wait. */
  note(side: WaitingSide, price: Price): void
  /** Call before a read; hand what it returns the nearest price that the read left waiting, undefined for none. */
  startRead(side: WaitingSide): (nearest: Price | undefined) => void
  forget(side: WaitingSide): void
  readonly forgetAll: () => void
}

interface Edge {
  nearest: Price | undefined
  readonly trustedUntilMs: number
}

const nameOf = ({ assetId, direction }: WaitingSide): string => `${assetId}#${direction}`

/** Between half and the whole of the time, by name: sides that were read together are not all read again together. */
function trustMs(name: string, refreshMs: number): number {
  const letters = Array.from(name).reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0)
  return Math.ceil((refreshMs * (64 + (letters % 64))) / 128)
}

export function keepPriceEdges(now: Clock, refreshMs: number): PriceEdges {
  const edges = new Map<string, Edge>()
  const readings = new Map<string, Set<Price[]>>()

  return {
    mayTrigger: (side, price) => {
      const edge = edges.get(nameOf(side))
      if (!edge || now() >= edge.trustedUntilMs) return true
      return edge.nearest !== undefined && isReached(side.direction, edge.nearest, price)
    },
    note: (side, price) => {
      const name = nameOf(side)
      const edge = edges.get(name)
      if (edge) edge.nearest = nearer(side.direction, edge.nearest, price)
      for (const noted of readings.get(name) ?? []) noted.push(price)
    },
    startRead: (side) => {
      const name = nameOf(side)
      const noted: Price[] = []
      const trustedUntilMs = now() + trustMs(name, refreshMs)
      const underWay = readings.get(name) ?? new Set()
      readings.set(name, underWay.add(noted))
      return (read) => {
        underWay.delete(noted)
        // What was noted during the read may not have been in it.
        const nearest = noted.reduce<Price | undefined>(
          (a, b) => nearer(side.direction, a, b),
          read,
        )
        edges.set(name, { nearest, trustedUntilMs })
      }
    },
    forget: (side) => void edges.delete(nameOf(side)),
    forgetAll: () => {
      edges.clear()
    },
  }
}

/** The one that is reached first. */
function nearer(direction: PriceDirection, a: Price | undefined, b: Price): Price {
  if (a === undefined) return b
  return isReached(direction, a, b) ? a : b
}
