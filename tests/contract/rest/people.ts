import type { CallRest, RestUser } from '../../world/rest.ts'

/** The users of the contract tests. They exist after the platform has started. */
export interface People {
  /** Calls without a token. */
  call: CallRest
  /** A user with an empty account. */
  user: RestUser
  /** A user with cash. */
  trader: RestUser
}

export type Fields = Record<string, unknown>

export const fieldsOf = (body: unknown): Fields => body as Fields

export const rowsOf = (body: unknown, name: string): readonly Fields[] =>
  fieldsOf(body)[name] as readonly Fields[]
