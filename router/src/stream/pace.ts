import { chance } from '@cnop/kit/ids'
import { bulkhead } from 'cockatiel'

/** Spreads the rereads of many streams after a gap in the bus. */
export interface Pace {
  /** Runs a read as soon as fewer than the limit are running. */
  run<T>(read: () => Promise<T>): Promise<T>
  /** The delay of one stream before it rereads, in milliseconds: a random part of the spread. */
  delayMs(): number
}

export interface PaceOptions {
  /** Concurrent reads of all streams of the process. */
  readonly readsAtOnce: number
  /** The interval over which the rereads of all streams are spread, in milliseconds. */
  readonly spreadMs: number
}

export function createPace({ readsAtOnce, spreadMs }: PaceOptions): Pace {
  // Each stream has at most one read, so the number of streams bounds the queue.
  const places = bulkhead(readsAtOnce, Infinity)
  return {
    run: (read) => places.execute(read),
    delayMs: () => chance() * spreadMs,
  }
}
