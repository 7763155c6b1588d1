import { Forbidden } from './errors.ts'
import { type Headers, signatureSkewMs } from './identity.ts'
import type { RedisConnection } from './redis.ts'
import { shareCounts } from './shared-counts.ts'
import { runInScope } from './tracing/scope.ts'

/** Claims the nonce of a call, whose signature was verified. Throws Forbidden when another copy has claimed it. */
type ClaimNonce = (headers: Headers) => Promise<void>

/**
 * A signature is valid once among all copies of a service, so a recorded call cannot be replayed on another copy. The
 * nonces are in Redis. The alternative, a signature that names its copy, requires that the router knows which copy a
 * connection reaches, and behind a virtual address or a proxy it does not. Without Redis each copy remembers its own.
 */
export function shareNonces(
  redis: Pick<RedisConnection, 'client'> | undefined,
  service: string,
): ClaimNonce {
  const shared = shareCounts(redis)
  return async (headers) => {
    const key = `nonce:${service}:${headers['x-seal-nonce'] ?? ''}`
    // Before a call is accepted, it is no part of the trace that it names.
    const isFirst = await runInScope({}, () =>
      shared.run(
        async (client) => (await client.set(key, '1', 'PX', signatureSkewMs * 2, 'NX')) === 'OK',
        () => true,
      ),
    )
    if (!isFirst) throw new Forbidden('The signature was used before.')
  }
}
