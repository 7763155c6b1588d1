import { setTimeout as delay } from 'node:timers/promises'
import type { Split } from '../../../ops/split/split.ts'
import { type Cost, costBy } from '../../../ops/capacity/costs.ts'
import { openStreams } from '../stream.ts'
import { type Meters, perSecond } from './meters.ts'

async function readLag({ urls }: Pick<Split, 'urls'>): Promise<number> {
  const text = await (await fetch(`${urls.user}/internal/metrics`)).text()
  const [, seconds = 'NaN'] = /^user_ledger_unverified_seconds (\S+)$/m.exec(text) ?? []
  return Number(seconds)
}

const lagEveryMs = 1_000

/** Waits until the verifier has seen every entry. */
export async function untilVerified(split: Split): Promise<void> {
  while ((await readLag(split)) !== 0) await delay(lagEveryMs)
}

/** The longest time that an entry has waited for the verifier during some work, as seen once a second. */
export async function watchLag<Result>(split: Split, work: () => Promise<Result>) {
  const stopping = new AbortController()
  let longestSeconds = 0
  const watch = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      longestSeconds = Math.max(longestSeconds, await readLag(split))
      await delay(lagEveryMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }
  const working = work().finally(() => {
    stopping.abort()
  })
  const [result] = await Promise.all([working, watch()])
  return { result, longestSeconds: Math.round(longestSeconds * 10) / 10 }
}

interface StreamLoad {
  readonly streams: number
  readonly settleSeconds: number
  readonly seconds: number
  readonly steps: number
  readonly print: (line: string) => void
}

const idsEach = 10
/** The market ticks once a second: later than this, a stream falls behind. */
const latestMs = 1_000

/**
 * The most streams of ten prices that one router served on one core without a gap, and what each of them cost in a second.
 * They grow in steps.
 */
export async function countStreams(split: Split, meters: Meters, rest: Cost, options: StreamLoad) {
  const opened = await openStreams(split.origin, { idsEach, seed: 1 })
  let fitting = 0
  let stream = costBy(() => 0)
  try {
    for (let step = 1; step <= options.steps; step += 1) {
      const wanted = Math.ceil((options.streams * step) / options.steps)
      await opened.growTo(wanted)
      await delay(options.settleSeconds * 1_000)
      const used = await perSecond(meters, async () => {
        meters.sent(await opened.listen(options.seconds))
      })
      const found = opened.found()
      const cores = used.router / 1_000
      options.print(
        `${found.streams} streams of ${idsEach} prices: ${cores.toFixed(2)} cores of the router, ` +
          `p95 ${found.tickP95Ms} ms, gaps ${found.holes}`,
      )
      stream = costBy((name) => Math.max(0, used[name] - rest[name]) / wanted)
      const fits = found.holes === 0 && cores < 1 && found.tickP95Ms < latestMs
      if (!fits || found.streams < wanted) break
      fitting = wanted
    }
    return { fitting, stream }
  } finally {
    await opened.close()
  }
}
