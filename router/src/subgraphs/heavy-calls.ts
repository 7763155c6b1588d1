import type { SubgraphName } from '@cnop/schema/read'
import { TooManyCalls } from './breaker.ts'

/**
 * What a call weighs by a field that it selects. One point is about the CPU time of a page of 100 activities. A history and a day
 * change replay entries and take about twice as long, a performance of years four times; all other fields take a fraction
 * of it.
 */
const pointsOfFields: Readonly<Partial<Record<SubgraphName, Readonly<Record<string, number>>>>> = {
  user: { performance: 4, history: 2, dayChange: 2, dayChangeExcludes: 2, activity: 1 },
  insights: { insight: 1 },
}

/** The points of the heaviest field of a call: fields of one call share their reads. Sign-in is light: it must be refused at once. */
export function pointsOf(service: SubgraphName, fields: ReadonlySet<string>): number {
  const known = pointsOfFields[service] ?? {}
  return Math.max(
    0,
    ...Object.entries(known).map(([name, points]) => (fields.has(name) ? points : 0)),
  )
}

export interface LaneLimits {
  /** The points of concurrent heavy calls to one subgraph, of one caller and of all. */
  readonly perCaller: number
  readonly perService: number
  /** Waiting heavy calls of one caller; further ones are refused. */
  readonly waiting: number
}

/** Runs a call of a caller when there is room for its points. */
export type Lane = <Value>(
  caller: string,
  points: number,
  call: () => Promise<Value>,
) => Promise<Value>

interface Waiting {
  readonly points: number
  readonly start: () => void
}

interface Line {
  running: number
  readonly waiting: Waiting[]
}

/**
 * Heavy calls wait here before they take a place among the calls to a subgraph, so that a caller's other calls pass them.
 * Callers take turns: a caller who started one goes to the end. The next in turn waits for the room that it needs, and no
 * one overtakes it but callers whose own share has room where its has none.
 */
export function openLane({ perCaller, perService, waiting: mostWaiting }: LaneLimits): Lane {
  const lines = new Map<string, Line>()
  let running = 0

  /** One call always fits, whatever it weighs. */
  const fits = (taken: number, points: number, limit: number): boolean =>
    taken === 0 || taken + points <= limit

  function startNext(): boolean {
    for (const [caller, line] of lines) {
      const [next] = line.waiting
      if (!next || !fits(line.running, next.points, perCaller)) continue
      if (!fits(running, next.points, perService)) return false
      line.waiting.shift()
      line.running += next.points
      running += next.points
      lines.delete(caller)
      lines.set(caller, line)
      next.start()
      return true
    }
    return false
  }

  function end(caller: string, line: Line, points: number): void {
    line.running -= points
    running -= points
    if (line.running === 0 && line.waiting.length === 0) lines.delete(caller)
    while (startNext());
  }

  return async (caller, points, call) => {
    const line = lines.get(caller) ?? { running: 0, waiting: [] }
    if (line.waiting.length >= mostWaiting) throw new TooManyCalls()
    lines.set(caller, line)
    await new Promise<void>((start) => {
      line.waiting.push({ points, start })
      startNext()
    })
    try {
      return await call()
    } finally {
      end(caller, line, points)
    }
  }
}
