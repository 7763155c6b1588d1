import { Contention } from '@cnop/kit/errors'

/** Runs the tasks of one key one after another, in the order they came; tasks of different keys run side by side. */
export interface Queue {
  run<R>(key: string, task: () => Promise<R>): Promise<R>
}

interface Line {
  tail: Promise<unknown>
  length: number
}

/**
 * A full queue refuses tasks before they start.
 * It is a queue and no lock: it only keeps the commands of one process from losing races to each other.
 */
export function createQueue(longestLine: number): Queue {
  const lines = new Map<string, Line>()

  async function run<R>(key: string, task: () => Promise<R>): Promise<R> {
    const line = lines.get(key) ?? { tail: Promise.resolve(), length: 0 }
    if (line.length >= longestLine) throw new Contention()
    const turn = line.tail.then(task, task)
    line.tail = turn
    line.length += 1
    lines.set(key, line)
    try {
      return await turn
    } finally {
      line.length -= 1
      if (line.length === 0) lines.delete(key)
    }
  }

  return { run }
}
