import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import type { Random } from '../../money/random.ts'

/** One request. `ms` is the delay from its scheduled start to its response. */
export interface Sample {
  readonly name: string
  readonly ms: number
  /** The fault of the response. */
  readonly problem?: string
}

interface Load {
  readonly perSecond: number
  readonly seconds: number
  readonly random: Random
}

interface Act {
  readonly name: string
  readonly run: () => Promise<void>
}

/**
 * Starts requests as a Poisson process, independent of earlier responses. A late start counts as latency, so that a
 * stalled platform cannot hide the requests that were not sent.
 */
export async function runOpenLoop(load: Load, draw: () => Act): Promise<readonly Sample[]> {
  const { perSecond, seconds, random } = load
  const samples: Sample[] = []
  const pending = new Set<Promise<void>>()
  const startedAt = performance.now()
  const endsAt = startedAt + seconds * 1_000
  const step = (): number => (-Math.log(1 - random.next()) / perSecond) * 1_000
  for (let dueAt = startedAt + step(); dueAt < endsAt; dueAt += step()) {
    const waitMs = dueAt - performance.now()
    if (waitMs > 0) await delay(waitMs)
    const asking = measure(draw(), dueAt).then((sample) => {
      samples.push(sample)
      pending.delete(asking)
    })
    pending.add(asking)
  }
  await Promise.all(pending)
  return samples
}

async function measure({ name, run }: Act, dueAt: number): Promise<Sample> {
  try {
    await run()
    return { name, ms: performance.now() - dueAt }
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    return { name, ms: performance.now() - dueAt, problem }
  }
}
