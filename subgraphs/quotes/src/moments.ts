/** Values of the last few ticks, so that everything one request reads is of one moment. */
export interface Moments<Value> {
  /** Adds the value of a tick. An instant that is not newer than the last one replaces the last value. */
  add(tickedAt: string, value: Value): void
  /** The value at a moment: of the last tick up to it, else of the oldest that is kept; the newest without a moment. */
  at(momentMs: number | undefined): Value | undefined
}

/** More ticks than come during the longest request at the usual pace of one a second. */
const mostMoments = 16

export function keepMoments<Value>(): Moments<Value> {
  const kept: { readonly atMs: number; value: Value }[] = []
  return {
    add: (tickedAt, value) => {
      const atMs = Date.parse(tickedAt)
      const newest = kept.at(-1)
      if (newest && atMs <= newest.atMs) newest.value = value
      else kept.push({ atMs, value })
      if (kept.length > mostMoments) kept.shift()
    },
    at: (momentMs = Infinity) => {
      const found = kept.findLast(({ atMs }) => atMs <= momentMs) ?? kept[0]
      return found?.value
    },
  }
}
