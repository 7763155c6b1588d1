import { chance } from '@cnop/kit/ids'
import { bulkhead } from 'cockatiel'

/** Keeps many streams that must all read again, after a gap in the bus, from reading at once. */
export interface Pace {
  /** Runs a reading as soon as fewer than the bound are under way. */
  run<T>(read: () => Promise<T>): Promise<T>
  /** How long one stream waits before it asks for its reading, in milliseconds: a random part of the spread. */
  delayMs(): number
}

export interface PaceOptions {
  /** Readings under way at the same time, over all streams of the process. */
  readonly readsAtOnce: number
  /** Over how long the readings of all streams are spread, in milliseconds. */
  readonly spreadMs: number
}

export function createPace({ readsAtOnce, spreadMs }: PaceOptions): Pace {
  // Each stream has one reading at most, so the number of streams bounds the queue.
  const places = bulkhead(readsAtOnce, Infinity)
  return {
    run: (read) => places.execute(read),
    delayMs: () => chance() * spreadMs,
  }
}
