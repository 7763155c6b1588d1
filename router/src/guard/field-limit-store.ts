import type { Identity, Store } from 'graphql-rate-limit'
import { type Clock, systemClock } from '@cnop/kit/clock'
import type { SharedCounts } from '@cnop/kit/shared-counts'

/** Counts uses in fixed windows: adds them if they fit, and returns the count before. */
export interface UseCounts {
  add(key: string, uses: number, max: number): Promise<number>
  /** When the window of a key ends. */
  msLeft(key: string): Promise<number>
}

/** How long a window is, in milliseconds. */
export const minuteMs = 60_000
export const dayMs = 86_400_000

const addScript = `
local before = tonumber(redis.call('GET', KEYS[1]) or '0')
if before + tonumber(ARGV[1]) <= tonumber(ARGV[2]) then
  redis.call('INCRBY', KEYS[1], ARGV[1])
  if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
end
return before
`

interface Window {
  uses: number
  readonly endsAt: number
}

/** Above this count, ended windows are dropped, then the oldest ones. */
const mostWindows = 50_000

/** Exact across processes in Redis; counts in this process alone while Redis is unavailable. */
export function openUseCounts(shared: SharedCounts, now: Clock, windowMs: number): UseCounts {
  const windows = new Map<string, Window>()
  const findWindow = (key: string): Window => {
    const known = windows.get(key)
    if (known && known.endsAt > now()) return known
    const fresh = { uses: 0, endsAt: now() + windowMs }
    if (windows.size >= mostWindows) makeRoom(windows, now())
    // Deleted and set again, so that the map stays ordered by age.
    windows.delete(key)
    windows.set(key, fresh)
    return fresh
  }
  const addAlone = (key: string, uses: number, max: number): number => {
    const window = findWindow(key)
    const before = window.uses
    if (before + uses <= max) window.uses += uses
    return before
  }
  return {
    add: (key, uses, max) =>
      shared.run(
        async (client) => Number(await client.eval(addScript, 1, key, uses, max, windowMs)),
        () => addAlone(key, uses, max),
      ),
    msLeft: (key) =>
      shared.run(
        async (client) => Math.max(0, await client.pttl(key)),
        () => findWindow(key).endsAt - now(),
      ),
  }
}

/** Drops ended windows and, if needed, the oldest tenth, so that it does not run for each new key. */
function makeRoom(windows: Map<string, Window>, nowMs: number): void {
  for (const [key, { endsAt }] of windows) if (endsAt <= nowMs) windows.delete(key)
  let surplus = windows.size - mostWindows * 0.9
  for (const key of windows.keys()) {
    if (surplus <= 0) return
    windows.delete(key)
    surplus -= 1
  }
}

export const useKey = ({ contextIdentity, fieldIdentity }: Identity): string =>
  `field:${fieldIdentity}:${contextIdentity}`

/**
 * The store of graphql-rate-limit. The library reads and then writes, which lets concurrent calls through; so reading
 * already counts, atomically, and writing does nothing. Earlier uses are returned as timestamps of this window.
 */
export function countingStore(counts: UseCounts, uses: number, max: number): Store {
  return {
    getForIdentity: async (identity) => {
      const before = await counts.add(useKey(identity), uses, max)
      // The library compares with the system's own time.
      return Array.from({ length: Math.min(before, max) }, () => systemClock())
    },
    setForIdentity: () => undefined,
  }
}
