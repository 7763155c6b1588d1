import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { percentile } from '../report.ts'
import type { Load, Sample, Streams } from './load.ts'

/** Waits for something; after the signal, the error names what is missing. */
export async function until(
  isDone: () => Promise<boolean> | boolean,
  what: () => string,
  signal: AbortSignal,
): Promise<void> {
  while (!(await isDone())) {
    if (signal.aborted) throw new Error(`not in time: ${what()}`)
    await delay(100)
  }
}

export interface Limit {
  readonly signal: AbortSignal
  readonly end: () => void
  readonly clear: () => void
}

/** Aborts after a time, or with another signal. Node 20 may collect an `AbortSignal.any` of a timeout before it fires. */
export function startLimit(seconds: number, other?: AbortSignal): Limit {
  const controller = new AbortController()
  const end = (): void => controller.abort()
  const timer = setTimeout(end, seconds * 1_000)
  other?.addEventListener('abort', end)
  if (other?.aborted === true) end()
  return {
    signal: controller.signal,
    end,
    clear: () => {
      clearTimeout(timer)
      other?.removeEventListener('abort', end)
    },
  }
}

/** One part of a drill. */
interface Phase {
  readonly name: string
  readonly startedAt: number
  readonly endedAt: number
  readonly streamsLost: number
}

interface Running {
  readonly load: Load
  readonly streams: Streams
  readonly report: (line: string) => void
  /** Ends the whole drill. */
  readonly stopping: AbortSignal
}

type Act = (signal: AbortSignal) => Promise<unknown>

export interface Phases {
  /** Acts within some time. A failure is a problem, and does not prevent the next step. */
  attempt(name: string, seconds: number, act: Act): Promise<void>
  /** The same under load: reports the requests that began meanwhile, and the streams that are silent at its end. */
  run(name: string, seconds: number, act: Act): Promise<void>
  /** Failed requests that began in these phases; null when none of them ran. */
  failed(...names: string[]): number | null
  /** Streams that were silent at the end of a phase; null when none ran. */
  streamsLost(): number | null
  /** Why phases did not reach their end. */
  readonly problems: readonly string[]
}

export const textOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)

const isFailed = ({ failure }: Sample): boolean => failure !== undefined

function describe({ name, startedAt, endedAt, streamsLost }: Phase, samples: readonly Sample[]) {
  const failures = samples.filter(isFailed)
  const counts = [
    `${Math.round((endedAt - startedAt) / 1_000)} s`,
    `${samples.length} requests`,
    `${failures.length} failed`,
    `p95 ${percentile(
      samples.map(({ ms }) => ms),
      0.95,
    )} ms`,
    `${streamsLost} streams lost`,
  ]
  const kinds = new Map<string, number>()
  for (const { name: act, failure } of failures) {
    const kind = `${act}: ${failure ?? ''}`
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  }
  const lines = [...kinds].map(([kind, count]) => `  ${count} × ${kind}`)
  return [`${name}: ${counts.join(', ')}`, ...lines]
}

export function openPhases({ load, streams, report, stopping }: Running): Phases {
  const phases: Phase[] = []
  const problems: string[] = []
  const during = ({ startedAt, endedAt }: Phase): readonly Sample[] =>
    load.samples.filter((sample) => sample.startedAt >= startedAt && sample.startedAt < endedAt)

  const attempt: Phases['attempt'] = async (name, seconds, act) => {
    if (stopping.aborted) {
      problems.push(`${name}: not started`)
      return
    }
    const { signal, clear } = startLimit(seconds, stopping)
    try {
      await act(signal)
    } catch (error) {
      problems.push(`${name}: ${textOf(error)}`)
    } finally {
      clear()
    }
  }

  return {
    problems,
    attempt,
    run: async (name, seconds, act) => {
      const isStarted = !stopping.aborted
      const startedAt = phases.at(-1)?.endedAt ?? performance.now()
      await attempt(name, seconds, act)
      if (!isStarted) return
      const streamsLost = await streams.lost(performance.now())
      const phase = { name, startedAt, endedAt: performance.now(), streamsLost }
      phases.push(phase)
      for (const line of describe(phase, during(phase))) report(line)
    },
    failed: (...names) => {
      const ran = phases.filter(({ name }) => names.includes(name))
      return ran.length === 0 ? null : ran.flatMap(during).filter(isFailed).length
    },
    streamsLost: () =>
      phases.length === 0 ? null : phases.reduce((sum, { streamsLost }) => sum + streamsLost, 0),
  }
}
