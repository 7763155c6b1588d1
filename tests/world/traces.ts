import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from './client.ts'
import { newKey } from './world.ts'

interface Summary {
  readonly traceId: string
  readonly requestId: string
  readonly requests: number
  readonly name: string
  readonly operation: string | null
  readonly status: number | null
  readonly services: readonly string[]
}

export interface Span {
  readonly spanId: string
  readonly parentId: string | null
  readonly name: string
  readonly service: string
  readonly attributes: Readonly<Record<string, unknown>>
}

export interface Trace extends Summary {
  readonly spans: readonly Span[]
  readonly dropped: number
  readonly missing: readonly string[]
  readonly plan: readonly { readonly service: string; readonly operation: string }[] | null
}

/** The response of `/system/traces` for a path. */
export const readTraces = async (origin: string, path = '', token?: string) => {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const response = await fetch(`${origin}/system/traces${path}`, { headers })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

export const listTraces = async (origin: string, query = ''): Promise<readonly Summary[]> =>
  (await readTraces(origin, query)).body['traces'] as readonly Summary[]

/** A trace ends after the response, so it is awaited. */
export async function findTrace(origin: string, requestId: string): Promise<Trace> {
  for (;;) {
    const [found] = await listTraces(origin, `?requestId=${requestId}`)
    if (found) return (await readTraces(origin, `/${found.traceId}`)).body as unknown as Trace
    await delay(20)
  }
}

export const newRequestId = (): string => `req-${newKey()}`

/** Sends one request and returns its trace. */
export async function trace(client: Client, query: string, headers: Record<string, string> = {}) {
  const requestId = newRequestId()
  const answer = await client.ask(query, {}, { 'x-request-id': requestId, ...headers })
  return { answer, requestId, trace: await findTrace(client.origin, requestId) }
}
