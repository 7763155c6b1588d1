import type { Db } from '@cnop/kit/dynamo'
import { createGate, type Gate } from './gate.ts'
import { createQueue, type Queue } from './queue.ts'

const longestLine = 1_000

interface ProcessState {
  readonly queue: Queue
  readonly gate: Gate
  /** When this process last published that the ledger changed, in milliseconds. */
  announcedAtMs: number
}

/**
 * The queue and the gate belong to a process. A process has one connection to its store, however many
 * subgraphs it hosts, so they are kept with the connection; two connections behave as two processes do.
 */
const processStates = new WeakMap<Db, ProcessState>()

export function processState(db: Db): ProcessState {
  const known = processStates.get(db)
  if (known) return known
  const state = { queue: createQueue(longestLine), gate: createGate(), announcedAtMs: -Infinity }
  processStates.set(db, state)
  return state
}
