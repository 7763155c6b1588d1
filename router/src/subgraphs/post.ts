import type { SubgraphReply } from '@cnop/kit/subgraph'
import { traceHeaders } from '@cnop/kit/tracing/span'
import { type Dispatcher, Pool } from 'undici'
import { isLoss, LostConnection, overNewConnection } from '../engine/standalone/connections.ts'
import type { BreakerConfig } from './breaker.ts'

interface Sending {
  readonly headers: Record<string, string>
  readonly body: string
  readonly timeoutMs: number
  /** Not over a kept connection. */
  readonly isOverNew: boolean
}

export type Send = (sending: Sending) => Promise<SubgraphReply>

/** Posts calls to a remote subgraph over kept-alive connections. */
export function openPost(
  url: string,
  {
    breaker,
    mostAnswerBytes,
  }: { readonly breaker: BreakerConfig; readonly mostAnswerBytes: number },
): { readonly send: Send; readonly close: () => Promise<void> } {
  const { origin } = new URL(url)
  const connection = {
    pipelining: 1,
    keepAliveTimeout: 30_000,
    maxResponseSize: mostAnswerBytes,
  }
  const pool = new Pool(origin, { ...connection, connections: breaker.callsAtOnce })
  return {
    send: (sending) =>
      sending.isOverNew
        ? overNewConnection(origin, connection, (over) => post(over, sending))
        : post(pool, sending),
    close: () => pool.destroy(),
  }
}

async function post(
  over: Dispatcher,
  { headers, body, timeoutMs }: Sending,
): Promise<SubgraphReply> {
  const request = over.request({
    method: 'POST',
    path: '/graphql',
    headers: { ...headers, ...traceHeaders(), 'content-type': 'application/json' },
    body,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    signal: AbortSignal.timeout(timeoutMs),
  })
  const { statusCode, body: reply } = await request.catch((error: unknown) => {
    throw isLoss(error) ? new LostConnection(error) : error
  })
  return { status: statusCode, body: await reply.text() }
}
