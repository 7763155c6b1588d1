import type { Clock } from '@cnop/kit/clock'
import type { Price } from '@cnop/kit/money'

/** From which side a price is reached: by rising to it, or by falling to it. */
export type PriceDirection = 'ABOVE' | 'BELOW'

/** Everything that waits for one asset to rise, or to fall. */
export interface WaitingSide {
  readonly assetId: string
  readonly direction: PriceDirection
  /** Which of several that are reached from the same side. */
  readonly book?: string
}

/** Whether the market is at the price or beyond it. */
export function isReached<Amount extends bigint>(
  direction: PriceDirection,
  target: Amount,
  marketPrice: Amount,
): boolean {
  return direction === 'BELOW' ? marketPrice <= target : marketPrice >= target
}

export const oppositeOf = (direction: PriceDirection): PriceDirection =>
  direction === 'ABOVE' ? 'BELOW' : 'ABOVE'

/** A price that something waits for. */
export interface WaitingPrice extends WaitingSide {
  readonly price: Price
}

/**
 * Remembers the nearest waiting price on each side of each asset, so that a tick reads only what it may trigger.
 * A stale cache delays orders and alerts until the next read; it can never trigger them wrongly, because writes are conditional.
 */
export interface NearestWaiting {
  mayTrigger(side: WaitingSide, price: Price): boolean
  /** Whether it is known that nothing waits. */
  isEmpty(): boolean
  /** Something has begun to wait. */
  note(side: WaitingSide, price: Price): void
  /** Call before a read; hand what it returns the nearest price that the read left waiting, undefined for none. */
  startRead(side: WaitingSide): (nearest: Price | undefined) => void
  /** Reads all sides at once. `read` resolves to everything that waits, or to undefined when that is too much to read. */
  readAll(
    read: () => Promise<readonly WaitingPrice[] | undefined>,
    /** How long it counts, where that is not the usual time. */
    trustedMs?: number,
  ): Promise<void>
  forget(side: WaitingSide): void
  readonly forgetAll: () => void
}

interface Edge {
  readonly nearest: Price | undefined
  readonly trustedUntilMs: number
}

const nameOf = ({ assetId, direction, book = '' }: WaitingSide): string =>
  `${assetId}#${direction}#${book}`

/** Between half and the whole of the time, by name: sides that were read together are not all read again together. */
function trustMs(name: string, refreshMs: number): number {
  const letters = Array.from(name).reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0)
  return Math.ceil((refreshMs * (64 + (letters % 64))) / 128)
}

/** The known edges. Nothing waits on a side without an edge while the memory is complete. */
function openEdges(now: Clock) {
  const edges = new Map<string, Edge>()
  let completeUntilMs = 0
  const trustOf = (side: WaitingSide): number =>
    edges.get(nameOf(side))?.trustedUntilMs ?? completeUntilMs

  function learn(side: WaitingSide, nearest: Price | undefined, trustedUntilMs: number): void {
    edges.set(nameOf(side), { nearest, trustedUntilMs })
  }

  return {
    learn,
    add: ({ price, ...side }: WaitingPrice, trustedUntilMs = trustOf(side)): void => {
      const known = edges.get(nameOf(side))?.nearest
      learn(side, nearer(side.direction, known, price), trustedUntilMs)
    },
    mayTrigger: (side: WaitingSide, price: Price): boolean => {
      if (now() >= trustOf(side)) return true
      const nearest = edges.get(nameOf(side))?.nearest
      return nearest !== undefined && isReached(side.direction, nearest, price)
    },
    isEmpty: (): boolean =>
      now() < completeUntilMs && [...edges.values()].every(({ nearest }) => nearest === undefined),
    reset: (untilMs: number): void => {
      edges.clear()
      completeUntilMs = untilMs
    },
  }
}

export function keepNearestWaiting(now: Clock, refreshMs: number): NearestWaiting {
  const edges = openEdges(now)
  /** What was noted since each read under way began, which may not see it. */
  const readings = new Set<WaitingPrice[]>()

  return {
    mayTrigger: edges.mayTrigger,
    isEmpty: edges.isEmpty,
    note: (side, price) => {
      edges.add({ ...side, price })
      for (const noted of readings) noted.push({ ...side, price })
    },
    startRead: (side) => {
      const name = nameOf(side)
      const noted: WaitingPrice[] = []
      const trustedUntilMs = now() + trustMs(name, refreshMs)
      readings.add(noted)
      return (read) => {
        if (!readings.delete(noted)) return
        edges.learn(side, read, trustedUntilMs)
        for (const waiting of noted) if (nameOf(waiting) === name) edges.add(waiting)
      }
    },
    readAll: async (read, trustedMs = refreshMs) => {
      const noted: WaitingPrice[] = []
      const trustedUntilMs = now() + trustedMs
      readings.add(noted)
      try {
        const waiting = await read()
        if (!waiting || !readings.has(noted)) return
        edges.reset(trustedUntilMs)
        for (const price of [...waiting, ...noted]) edges.add(price)
      } finally {
        readings.delete(noted)
      }
    },
    forget: (side) => {
      edges.learn(side, undefined, 0)
    },
    forgetAll: () => {
      edges.reset(0)
      // Notes were missed, so what is being read now proves nothing.
      readings.clear()
    },
  }
}

/** The one that is reached first. */
function nearer(direction: PriceDirection, a: Price | undefined, b: Price): Price {
  if (a === undefined) return b
  return isReached(direction, a, b) ? a : b
}
