import { setTimeout as delay } from 'node:timers/promises'
import {
  ProvisionedThroughputExceededException,
  ThrottlingException,
  TransactionCanceledException,
  TransactionConflictException,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb'
import type { Db } from '../dynamo.ts'
import { operationOf } from '../dynamo-middleware.ts'

/**
 * What can go wrong on the way to a store:
 * - `conflict`: another transaction holds a row; nothing is written
 * - `throttle`: the store refuses for being too busy; nothing is written
 * - `loseRequest`: the connection breaks before the store receives the request; nothing is written
 * - `loseReply`: the store executes the request, and the connection breaks before the reply
 * - `slow`: the call waits before it is sent
 */
export type Fault = 'conflict' | 'throttle' | 'loseRequest' | 'loseReply' | 'slow'

export interface FaultOptions {
  /** The same seed and the same order of calls give the same faults. */
  readonly seed: number
  /** The share of calls that meet each fault, 0 to 1; together at most 1. */
  readonly rates?: Partial<Record<Fault, number>>
  /** Only these commands, such as `TransactWriteItems`; absent: all that read or write rows. */
  readonly commands?: readonly string[]
  readonly slowMs?: number
}

export interface FaultInjector {
  /** How often each fault has happened. */
  readonly counts: Readonly<Record<Fault, number>>
  /** Makes the next calls meet these faults, one each, before any is drawn by rate. */
  force(...faults: Fault[]): void
  /** Stops all faults, for the audit after a run. */
  remove(): void
}

const rowCommands = [
  ...['GetItem', 'BatchGetItem', 'Query', 'Scan', 'TransactGetItems'],
  ...['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems'],
]
const singleWrites = ['PutItem', 'UpdateItem', 'DeleteItem']
const order: readonly Fault[] = ['conflict', 'throttle', 'loseRequest', 'loseReply', 'slow']
const middlewareName = 'faults'

interface Call<Answer> {
  readonly command: string
  readonly writes: number
  readonly send: () => Promise<Answer>
}

/** Injects faults between a database client and its store. They also affect the SDK's retries. */
export function addFaults(db: Db, options: FaultOptions): FaultInjector {
  const { commands = rowCommands, slowMs = 50 } = options
  const random = seededRandom(options.seed)
  const counts = { conflict: 0, throttle: 0, loseRequest: 0, loseReply: 0, slow: 0 }
  const forced: Fault[] = []
  const meet: Meet = async (call) => {
    const fault = forced.shift() ?? drawFault(options.rates ?? {}, random())
    if (!fault || (fault === 'conflict' && !canConflict(call.command))) return call.send()
    counts[fault]++
    return commit(fault, call, random, slowMs)
  }
  for (const { middlewareStack } of [db.documents, db.transactions]) {
    addMiddleware(middlewareStack, new Set(commands), meet)
  }
  return {
    counts,
    force: (...faults) => {
      forced.push(...faults)
    },
    remove: () => {
      db.documents.middlewareStack.remove(middlewareName)
      db.transactions.middlewareStack.remove(middlewareName)
    },
  }
}

function addMiddleware(
  stack: DynamoDBClient['middlewareStack'],
  commands: ReadonlySet<string>,
  meet: Meet,
): void {
  stack.add(
    (next, context) => async (args) => {
      const command = operationOf(context)
      if (!commands.has(command)) return next(args)
      const writes = (args.input as { TransactItems?: unknown[] }).TransactItems?.length ?? 1
      return meet({ command, writes, send: () => next(args) })
    },
    // The lowest priority runs last, inside the SDK's retries.
    { step: 'finalizeRequest', priority: 'low', name: middlewareName },
  )
}

function drawFault(rates: Partial<Record<Fault, number>>, drawn: number): Fault | undefined {
  let ceiling = 0
  return order.find((fault) => {
    ceiling += rates[fault] ?? 0
    return drawn < ceiling
  })
}

type Meet = <Answer>(call: Call<Answer>) => Promise<Answer>

const canConflict = (command: string): boolean =>
  command.startsWith('Transact') || singleWrites.includes(command)

async function commit<Answer>(
  fault: Fault,
  call: Call<Answer>,
  random: () => number,
  slowMs: number,
): Promise<Answer> {
  switch (fault) {
    case 'conflict':
      throw conflict(call, random)
    case 'throttle':
      throw throttling(call, random)
    case 'loseRequest':
      throw brokenConnection()
    case 'loseReply':
      await call.send()
      throw brokenConnection()
    case 'slow':
      await delay(slowMs)
      return call.send()
  }
}

const refusedMetadata = { httpStatusCode: 400 }

function conflict(call: Call<unknown>, random: () => number): Error {
  if (call.command.startsWith('Transact')) return cancelled(call, 'TransactionConflict', random)
  const message = 'Transaction is ongoing for the item'
  return new TransactionConflictException({ message, $metadata: refusedMetadata })
}

function throttling(call: Call<unknown>, random: () => number): Error {
  const message = 'Rate of requests exceeds the allowed throughput.'
  const isCancelled = call.command.startsWith('Transact') && random() < 0.5
  if (isCancelled) return cancelled(call, 'ThrottlingError', random)
  return random() < 0.5
    ? new ThrottlingException({ message, $metadata: refusedMetadata })
    : new ProvisionedThroughputExceededException({ message, $metadata: refusedMetadata })
}

function cancelled({ writes }: Call<unknown>, code: string, random: () => number): Error {
  const guilty = Math.floor(random() * writes)
  return new TransactionCanceledException({
    message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${code}]`,
    $metadata: refusedMetadata,
    CancellationReasons: Array.from({ length: writes }, (_, index) => ({
      Code: index === guilty ? code : 'None',
    })),
  })
}

function brokenConnection(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
}

/** Mulberry32: small, and the same everywhere for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
