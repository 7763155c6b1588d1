/** The state of one request while its plan runs. */
import type { CancelSignal } from '../cancellation.ts'
import type { GraphQLError } from 'graphql'
import { read, type Data } from '../data.ts'
import type { Scanner } from '../write/scan/scanner.ts'
import type { Condition } from '../plan/graph.ts'

export interface Run {
  /** The data that the calls have brought so far, under internal response names. */
  readonly root: Data
  /** Variables as the client sent them; subgraphs coerce them again. */
  readonly variables: Data
  /** Variables after coercion, defaults included. */
  readonly coerced: Data
  readonly errors: GraphQLError[]
  /** What the errors of replies hold, roughly. */
  errorWork: number
  /** How many values of entities were copied because several objects show them. */
  copied: number
  /** The context value of the request; opaque here. */
  readonly context: unknown
  /** Calls may be shared with requests of the same key; undefined forbids it. */
  readonly shareKey: string | undefined
  readonly isMutation: boolean
  /** Aborts when nobody waits for the result any more; a mutation is never aborted. */
  readonly signal: CancelSignal | undefined
  /** Restricts the cache policy of the response by the `cache-control` header of a remote subgraph. */
  readonly restrictCache: ((cacheControl: string | null) => void) | undefined
  /** Passes the only reply of the operation on, where that is possible. */
  readonly scanner: Scanner | undefined
  /** The body that the scanner has made. */
  scanned: Buffer | undefined
  /** The length of the replies so far. */
  size: number
  /** No string received so far needs escaping in JSON. */
  isPlain: boolean
}

/** A compiled part of a plan. It never rejects: failures become errors of the run. */
export type Step = (run: Run) => Promise<void> | undefined

/** Whether the variables select a fetch. */
export function isSelected(run: Run, conditions: readonly Condition[]): boolean {
  return conditions.every(
    ({ variable, isWanted }) => (read(run.coerced, variable) === true) === isWanted,
  )
}
