import { setImmediate as settle } from 'node:timers/promises'
import type { Random } from './random.ts'

/** The owner of steps. The steps of a dead owner are never taken. */
export interface Owner {
  isDead: boolean
}

/** Chooses, by seed, the next of all waiting steps. It is the only source of concurrency in a simulation. */
export interface Schedule {
  /** Resolves when it is this step's turn. */
  turn(owner: Owner): Promise<void>
  /** Takes steps until none is waiting. */
  run(): Promise<void>
}

const mostSteps = 200_000

export function createSchedule(random: Random, onStep: () => void): Schedule {
  const waiting: { owner: Owner; go: () => void }[] = []

  async function run(): Promise<void> {
    for (let step = 0; step < mostSteps; step += 1) {
      // Everything that follows from the last step happens before the next one.
      await settle()
      if (waiting.length === 0) return
      const [chosen] = waiting.splice(random.below(waiting.length), 1)
      onStep()
      if (chosen && !chosen.owner.isDead) chosen.go()
    }
    throw new Error('The simulation does not end.')
  }

  return {
    run,
    turn: (owner) => new Promise((go) => waiting.push({ owner, go })),
  }
}
