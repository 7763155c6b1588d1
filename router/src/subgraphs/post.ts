import type { SubgraphReply } from '@cnop/kit/subgraph'
import { traceHeaders } from '@cnop/kit/tracing/span'
import { type Dispatcher, Pool } from 'undici'
import { isLoss, LostConnection, overNewConnection } from '../engine/standalone/connections.ts'
import type { CopyAddress } from './addresses.ts'
import type { BreakerConfig } from './breaker.ts'

interface Sending {
  readonly headers: Record<string, string>
  readonly body: string
  readonly timeoutMs: number
  /** Not over a kept connection. */
  readonly isOverNew: boolean
  readonly signal: AbortSignal
}

export type Send = (sending: Sending) => Promise<SubgraphReply>

/** Posts calls to a remote subgraph over kept-alive connections. */
export function openPost(
  { url, connect }: CopyAddress,
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
    connect,
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

async function post(over: Dispatcher, sending: Sending): Promise<SubgraphReply> {
  const { headers, body, timeoutMs, signal } = sending
  signal.throwIfAborted()
  // `AbortSignal.any` takes longer than the signature of the call.
  const abort = new AbortController()
  const stop = (): void => abort.abort(signal.reason)
  const late = new DOMException(`No answer within ${timeoutMs} ms.`, 'TimeoutError')
  const timer = setTimeout(() => abort.abort(late), timeoutMs)
  signal.addEventListener('abort', stop, { once: true })
  try {
    const request = over.request({
      method: 'POST',
      path: '/graphql',
      headers: { ...headers, ...traceHeaders(), 'content-type': 'application/json' },
      body,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      signal: abort.signal,
    })
    const { statusCode, body: reply } = await request.catch((error: unknown) => {
      throw isLoss(error) ? new LostConnection(error) : error
    })
    return { status: statusCode, body: await reply.text() }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}
