import { performance } from 'node:perf_hooks'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { operationOf } from './dynamo-middleware.ts'
import type { Log } from './log.ts'
import { isStoreDown } from './store-failure.ts'
import { currentScope } from './tracing/scope.ts'
import { inSpan } from './tracing/span.ts'

type Stack = DynamoDBClient['middlewareStack']

export interface StoreCallNotes {
  /** For calls that no request makes, such as those of jobs. */
  readonly log: Log
  /** A slower call is logged as a warning. */
  readonly slowMs: number
}

/** What is logged of a call: never a key, never a value. */
interface Facts {
  readonly operation: string
  readonly tables: string
  /** Rows that were read, or asked to be written. */
  readonly rows: number | undefined
  readonly error: string | undefined
}

/** Shared state of the clients of one database. */
export interface CallNotes extends StoreCallNotes {
  /** Records the outcome of a call; logs once when the store becomes unavailable and once when it recovers. */
  readonly noteOutcome: (isDown: boolean, startedAt: number, error?: unknown) => void
}

/** The store has recovered when a call that began after the last failure succeeds; earlier calls do not count. */
export function createCallNotes(notes: StoreCallNotes): CallNotes {
  let failedAt: number | undefined
  return {
    ...notes,
    noteOutcome: (isDown, startedAt, error) => {
      if (isDown) {
        if (failedAt === undefined) {
          notes.log.error({ action: 'store.unreachable', error }, 'The store does not answer.')
        }
        failedAt = performance.now()
      } else if (failedAt !== undefined && startedAt > failedAt) {
        failedAt = undefined
        notes.log.info({ action: 'store.reachable' }, 'The store answers again.')
      }
    },
  }
}

/** Creates a span and a log line for every call to the store, under the request that caused it. */
export function noteCalls(stack: Stack, { log: jobLog, slowMs, noteOutcome }: CallNotes): void {
  stack.add(
    (next, context) => (args) => {
      const operation = operationOf(context)
      const input = args.input as Input
      const tables = tablesOf(input)
      const log = currentScope()?.log ?? jobLog
      const startedAt = performance.now()
      const note = (output: object | undefined, error: unknown): Facts => {
        const rows = output && rowsOf(input, output)
        const facts = { operation, tables, rows, error: error ? reasonOf(error) : undefined }
        const isDown = error !== undefined && isStoreDown(error)
        noteOutcome(isDown, startedAt, error)
        const durationMs = performance.now() - startedAt
        const isFailed = facts.error !== undefined && !isExpected(facts.error)
        // While the store is down every call fails, and its absence is logged once.
        const isNotable = !isDown && (isFailed || durationMs >= slowMs)
        logCall(log, facts, durationMs, isNotable)
        return facts
      }
      const attributes = { 'db.system.name': 'aws.dynamodb', 'db.collection.name': tables }
      return inSpan(`dynamodb.${operation}`, attributes, async (span) => {
        try {
          const result = await next(args)
          const { rows } = note(result.output, undefined)
          if (rows !== undefined) span?.setAttribute('db.rows', rows)
          return result
        } catch (error) {
          const { error: reason = '' } = note(undefined, error)
          span?.setAttribute('db.error', reason)
          throw error
        }
      })
    },
    { step: 'initialize', priority: 'high', name: 'noteCalls' },
  )
}

function logCall(
  log: Log,
  { operation, tables, rows, error }: Facts,
  durationMs: number,
  isNotable: boolean,
): void {
  if (!isNotable && !log.isLevelEnabled('debug')) return
  const line = {
    action: 'store.call',
    duration_ms: Math.round(durationMs),
    extra: { operation, tables, rows, error },
  }
  if (isNotable) log.warn(line, 'A call to the store was slow or failed.')
  else log.debug(line, 'The store was called.')
}

/** Expected errors: a failed condition, a conflict, an existing table. */
const isExpected = (reason: string): boolean => /Condition|Conflict|ResourceInUse/.test(reason)

interface Failure {
  readonly name?: string
  readonly CancellationReasons?: readonly { readonly Code?: string }[]
}

/** The error's name, and for a transaction the reasons of its parts. */
function reasonOf(error: unknown): string {
  const { name = 'Error', CancellationReasons: reasons = [] } = error as Failure
  const codes = reasons.flatMap(({ Code }) => (Code && Code !== 'None' ? [Code] : []))
  return [name, ...new Set(codes)].join(' ')
}

interface Input {
  readonly TableName?: string
  readonly RequestItems?: Readonly<Record<string, unknown>>
  readonly TransactItems?: readonly Readonly<Record<string, { readonly TableName?: string }>>[]
}

function tablesOf(input: Input): string {
  const { TableName, RequestItems = {}, TransactItems = [] } = input
  if (TableName !== undefined) return TableName
  const parts = TransactItems.flatMap((part) => Object.values(part).map((each) => each.TableName))
  return [...new Set([...Object.keys(RequestItems), ...parts])].join(', ')
}

interface Output {
  readonly Count?: number
  readonly Item?: object
  /** A list of a transaction; of a batch, a list for each table. */
  readonly Responses?: object
}

function rowsOf({ TransactItems }: Input, { Count, Item, Responses }: Output): number | undefined {
  if (Count !== undefined) return Count
  if (Item) return 1
  if (Array.isArray(Responses)) return Responses.length
  if (Responses) return Object.values<readonly unknown[]>({ ...Responses }).flat().length
  return TransactItems?.length
}
