/** Replaces a result that did not arrive in time. */
export const late = Symbol('late')

export interface Deadline {
  /** The result of the work, or `late`. The work itself continues. */
  race<Result>(work: Promise<Result>): Promise<Result | typeof late>
  /** Clears the timer. */
  clear(): void
}

/** One deadline for everything that a caller waits for. */
export function startDeadline(ms: number): Deadline {
  let timer: NodeJS.Timeout | undefined
  const expired = new Promise<typeof late>((resolve) => {
    timer = setTimeout(() => resolve(late), ms)
  })
  return {
    race: (work) => Promise.race([work, expired]),
    clear: () => clearTimeout(timer),
  }
}
