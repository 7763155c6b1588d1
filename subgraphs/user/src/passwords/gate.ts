import { Overloaded } from '../domain/errors.ts'

export interface GateOptions {
  /** How many may run at once. */
  readonly width: number
  /** How many may wait; everyone after them is refused. */
  readonly maxWaiting: number
}

export type Gate = <Result>(run: () => Promise<Result>) => Promise<Result>

/**
 * Lets a few through at a time, in the order of arrival. Hashing a password takes 19 MiB and a core on purpose,
 * so that an unbounded crowd of sign-ins would take the machine down.
 */
export function createGate({ width, maxWaiting }: GateOptions): Gate {
  const waiting: (() => void)[] = []
  let running = 0

  async function enter(): Promise<void> {
    if (running < width) {
      running++
      return
    }
    if (waiting.length >= maxWaiting) throw new Overloaded()
    // Whoever leaves hands over their place, so `running` stays as it is.
    await new Promise<void>((resolve) => waiting.push(resolve))
  }

  function leave(): void {
    const next = waiting.shift()
    if (next) next()
    else running--
  }

  return async (run) => {
    await enter()
    try {
      return await run()
    } finally {
      leave()
    }
  }
}
