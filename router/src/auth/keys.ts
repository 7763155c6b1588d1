import { setTimeout as delay } from 'node:timers/promises'
import { performance } from 'node:perf_hooks'
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import { Refusal } from '../errors/refusal.ts'

type LocalKeys = ReturnType<typeof createLocalJWKSet>

interface KeyOptions {
  /** Reads the published key set as JSON text. */
  readonly read: () => Promise<string>
  /** The minimum time between two reads: tokens with unknown key ids cannot cause more. */
  readonly pauseMs?: number
  /** After this time the set is read again; the cached one stays in use meanwhile. */
  readonly maxAgeMs?: number
}

/**
 * The public keys of the user subgraph. An unknown key id causes a new read before it is refused, so that a rotation
 * refuses no valid token. While the user subgraph is unavailable, the cached keys stay in use; only a token with an
 * unknown key id waits.
 */
export function openKeys({
  read,
  pauseMs = 1_000,
  maxAgeMs = 600_000,
}: KeyOptions): JWTVerifyGetKey {
  let keys: LocalKeys | undefined
  let readAt = -Infinity
  let pending: Promise<LocalKeys> | undefined

  async function readKeys(): Promise<LocalKeys> {
    const restMs = readAt + pauseMs - performance.now()
    if (restMs > 0) await delay(restMs)
    try {
      keys = createLocalJWKSet(JSON.parse(await read()) as JSONWebKeySet)
      return keys
    } catch {
      throw new Refusal('SUBGRAPH_UNAVAILABLE', 'The token cannot be verified now; try again.', {
        retryAfterSeconds: 1,
      })
    } finally {
      readAt = performance.now()
      pending = undefined
    }
  }
  const readOnce = (): Promise<LocalKeys> => (pending ??= readKeys())

  return async (header, token) => {
    const known = keys ?? (await readOnce())
    // A failed renewal does not fail this request; the next one tries again.
    if (performance.now() - readAt > maxAgeMs) readOnce().catch(() => undefined)
    try {
      return await known(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      const renewed = await readOnce()
      return renewed(header, token)
    }
  }
}
