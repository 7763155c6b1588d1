import { manifest } from '@cnop/schema/read'
import { Agent, request } from 'undici'

export type Data = Readonly<Record<string, unknown>>

/** A client of the platform with kept-alive connections. It throws a description of every incomplete response. */
export interface Wire {
  /** Runs a persisted operation of the dashboard or the demo. */
  run(name: string, variables: Data, token?: string): Promise<Data>
  /** Calls a path below `/api/v1`. */
  rest(method: 'GET' | 'POST', path: string, token: string, body?: Data): Promise<void>
  close(): Promise<void>
}

const operationName = /^\s*(?:query|mutation)\s+(\w+)/

/** The ids of some clients' persisted operations, by name. */
function listOperations(): ReadonlyMap<string, string> {
  const entries = (['web', 'demo'] as const).flatMap((name) => Object.entries(manifest(name)))
  return new Map(entries.map(([id, text]) => [operationName.exec(text)?.[1] ?? '', id]))
}

interface Answer {
  readonly data?: Data | null
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[]
}

export function openWire(origin: string): Wire {
  // An unlimited number of connections, or requests would wait here, uncounted. Idle ones close before the server
  // closes them: a request must not meet a closing connection.
  const agent = new Agent({ keepAliveTimeout: 1_000, keepAliveMaxTimeout: 1_000 })
  const ids = listOperations()

  async function send(
    method: 'GET' | 'POST',
    path: string,
    { token, body }: { token: string | undefined; body: unknown },
  ): Promise<string> {
    const reply = await request(`${origin}${path}`, {
      method,
      dispatcher: agent,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await reply.body.text()
    if (reply.statusCode >= 300) throw new Error(`${reply.statusCode} ${codeOf(text)}`)
    return text
  }

  return {
    run: async (name, variables, token) => {
      const sha256Hash = ids.get(name)
      if (sha256Hash === undefined) throw new Error(`There is no operation ${name}.`)
      const extensions = { persistedQuery: { version: 1, sha256Hash } }
      const text = await send('POST', '/graphql', { token, body: { variables, extensions } })
      const { data, errors = [] } = JSON.parse(text) as Answer
      if (!data || errors.length > 0) {
        throw new Error(errors.map(({ extensions: { code = '' } = {} }) => code).join(', '))
      }
      return data
    },
    rest: async (method, path, token, body) => {
      await send(method, `/api/v1${path}`, { token, body })
    },
    close: () => agent.close(),
  }
}

const codeOf = (text: string): string => /"code":"(\w+)"/.exec(text)?.[1] ?? text.slice(0, 100)
