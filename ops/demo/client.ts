import { manifest } from '@cnop/schema/read'

export interface DemoAnswer {
  readonly status: number
  readonly data: Record<string, unknown>
  readonly errorCodes: readonly string[]
  readonly latencyMs: number
  readonly subgraphCalls: number
}

export interface DemoClient {
  /** Runs a persisted operation by name. */
  run(operation: string, variables?: Record<string, unknown>): Promise<DemoAnswer>
  signedIn(token: string | undefined): void
}

const operationName = /^(?:query|mutation) (\w+)/

interface GraphQLBody {
  readonly data?: Record<string, unknown> | null
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[]
}

/** A client as an outsider would write it: HTTP, persisted ids and a bearer token, without code of the platform. */
export function createDemoClient(origin: string): DemoClient {
  const ids = new Map(
    Object.entries(manifest('demo')).map(([id, document]) => [
      operationName.exec(document)?.[1] ?? '',
      id,
    ]),
  )
  let token: string | undefined
  return {
    signedIn: (accessToken) => {
      token = accessToken
    },
    run: async (operation, variables = {}) => {
      const sha256Hash = ids.get(operation)
      if (!sha256Hash) throw new Error(`The demo has no operation ${operation}.`)
      const startedAt = performance.now()
      const response = await fetch(`${origin}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({
          operationName: operation,
          variables,
          extensions: { persistedQuery: { version: 1, sha256Hash } },
        }),
      })
      const { data, errors = [] } = (await response.json()) as GraphQLBody
      return {
        status: response.status,
        data: data ?? {},
        errorCodes: errors.map(({ extensions }) => extensions?.code ?? 'none'),
        latencyMs: performance.now() - startedAt,
        subgraphCalls: Number(response.headers.get('x-subgraph-calls') ?? 0),
      }
    },
  }
}
