import { jsonText } from '../../router/src/engine/data.ts'

/** The response to one operation. */
export interface Answer<Data = Record<string, unknown>> {
  readonly status: number
  readonly headers: Headers
  readonly data: Data | null | undefined
  readonly errors: readonly AnswerError[]
  /** The codes of the errors, in their order. */
  readonly codes: readonly string[]
}

export interface AnswerError {
  readonly message: string
  readonly path?: readonly (string | number)[]
  readonly extensions: {
    readonly code?: string
    readonly details?: Record<string, string>
    readonly requestId?: string
    readonly serviceName?: string
  }
}

export interface Client {
  readonly origin: string
  /** Sends a document unchanged. */
  ask<Data = Record<string, unknown>>(
    query: string,
    variables?: Record<string, unknown>,
    headers?: Record<string, string>,
  ): Promise<Answer<Data>>
}

interface Body<Data> {
  readonly data?: Data | null
  readonly errors?: readonly AnswerError[]
}

/** A plain HTTP client of the platform. With a token it acts for that user. */
export function createClient(origin: string, token?: string): Client {
  return {
    origin,
    ask: async <Data>(query: string, variables = {}, headers = {}) => {
      const response = await fetch(`${origin}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token && { authorization: `Bearer ${token}` }),
          ...headers,
        },
        // As a client sends it that has 64-bit integers.
        body: jsonText({ query, variables }),
      })
      const { data, errors = [] } = (await response.json()) as Body<Data>
      return {
        status: response.status,
        headers: response.headers,
        data,
        errors,
        codes: errors.map(({ extensions }) => extensions.code ?? 'none'),
      }
    },
  }
}
