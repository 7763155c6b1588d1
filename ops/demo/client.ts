import { manifest } from '@cnop/schema/read'
import { reach } from '../command/reach.ts'

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
  /** Sends a request without a body, such as `GET /metrics`. The data of a response that is not JSON is its `text`. */
  request(line: string): Promise<DemoAnswer>
  signedIn(token: string | undefined): void
}

const operationName = /^(?:query|mutation) (\w+)/

interface GraphQLBody {
  readonly data?: Record<string, unknown> | null
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[]
}

/** A client as an outsider would write it: HTTP, persisted ids and a bearer token, without code of the platform. */
export function createDemoClient(origin: string, operatorToken?: string): DemoClient {
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
      const { text, ...answer } = await timed(`${origin}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...authorization(token) },
        body: JSON.stringify({
          operationName: operation,
          variables,
          extensions: { persistedQuery: { version: 1, sha256Hash } },
        }),
      })
      const { data, errors = [] } = JSON.parse(text) as GraphQLBody
      const errorCodes = errors.map(({ extensions }) => extensions?.code ?? 'none')
      return { ...answer, data: data ?? {}, errorCodes }
    },
    request: async (line) => {
      const [method = 'GET', path = '/'] = line.split(' ')
      const headers = authorization(operatorToken)
      const { text, ...answer } = await timed(new URL(path, origin).href, { method, headers })
      const data = text.startsWith('{') ? (JSON.parse(text) as DemoAnswer['data']) : { text }
      return { ...answer, data, errorCodes: [] }
    },
  }
}

const authorization = (token: string | undefined) =>
  token === undefined ? {} : { authorization: `Bearer ${token}` }

async function timed(url: string, init: RequestInit) {
  const startedAt = performance.now()
  const response = await reach(url, init)
  return {
    status: response.status,
    text: await response.text(),
    latencyMs: performance.now() - startedAt,
    subgraphCalls: Number(response.headers.get('x-subgraph-calls') ?? 0),
  }
}
