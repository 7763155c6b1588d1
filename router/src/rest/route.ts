import type { ErrorCode } from '@cnop/schema/codes'
import type { z } from 'zod'
import type { FieldError } from './field-errors.ts'

/** A call with its parsed fields. */
export interface Input<Path, Query, Body> {
  readonly path: Path
  readonly query: Query
  readonly body: Body
}

/** Facts that the shim adds to a call. */
export interface Call {
  /** The caller's `Idempotency-Key`, or one made for this call alone. */
  readonly key: string
  readonly nowIso: string
}

/** The part of a list that the caller asked for, or all of it for a row that reads the whole list. */
export interface Page<Node> {
  readonly nodes: readonly Node[]
  readonly hasMore: boolean
}

export interface Connection<Node> {
  readonly nodes: readonly Node[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

export interface Window {
  readonly offset: number
  readonly limit: number
}

/** How an offset and a limit are served from a connection with cursors. */
export interface Paging<In, Data, Node> {
  readonly connection: (data: Data) => Connection<Node>
  readonly window: (input: In) => Window
}

type ToFieldError = (details: Readonly<Record<string, string>>) => FieldError | undefined

interface RouteHead {
  readonly method: 'get' | 'post' | 'put'
  /** Below `/api/v1`, without a trailing slash, with `{name}` for a variable segment. */
  readonly path: string
  readonly tag: 'Account' | 'Market' | 'Orders' | 'Balance' | 'Portfolio'
  readonly summary: string
  readonly description?: string
  readonly isProtected: boolean
  /** The name of the persisted operation. */
  readonly operation: string
  readonly status: 200 | 201
  /** Refuses a blocked address, whether or not the body can be read. */
  readonly isSignIn?: boolean
  /** Takes an `Idempotency-Key`. */
  readonly isCommand?: boolean
  /** Statuses of this route that differ from the code's default. */
  readonly statuses?: Partial<Record<ErrorCode, number>>
  /** Maps a refusal to a field error of the contract; undefined leaves it unchanged. */
  readonly fieldErrors?: Partial<Record<ErrorCode, ToFieldError>>
  /** Refusals beside those of every route, for the reference. */
  readonly refusals?: Readonly<Record<number, string>>
  /** A body that the platform accepts, for the reference. Every route with a body has one. */
  readonly example?: Readonly<Record<string, unknown>>
  /** The exact response: no additional and no missing keys. */
  readonly answer: z.ZodType
}

interface RouteTail<Path, Query, Body, Data, Node> {
  readonly inputs: {
    readonly path?: z.ZodType<Path>
    readonly query?: z.ZodType<Query>
    readonly body?: z.ZodType<Body>
  }
  readonly variables: (input: Input<Path, Query, Body>, call: Call) => Record<string, unknown>
  readonly page?: Paging<Input<Path, Query, Body>, Data, Node>
  readonly shape: (
    data: Data,
    context: { input: Input<Path, Query, Body>; call: Call; page: Page<Node> },
  ) => unknown
}

/** One row of the table, without the types of its operation. */
export type Route = RouteHead & RouteTail<unknown, unknown, unknown, unknown, unknown>

/** Checks a row against the data of its operation, then erases the types, so that all rows fit one table. */
export const defineRoute = <
  Data,
  Path = undefined,
  Query = undefined,
  Body = undefined,
  Node = undefined,
>(
  route: RouteHead & RouteTail<Path, Query, Body, Data, Node>,
): Route => route as unknown as Route
