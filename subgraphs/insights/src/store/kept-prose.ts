import { createHash } from 'node:crypto'
import type { Cache } from '@cnop/kit/cache'
import { z } from 'zod'
import type { Facts } from '../domain/facts.ts'
import { describePositions } from '../domain/fingerprint.ts'
import { promptVersion } from '../domain/prompt.ts'

/** A language model's text that passed the check. */
export interface Prose {
  readonly text: string
  readonly model: string
  readonly generatedAt: string
  /** What the portfolio was worth then, in cents. */
  readonly total: bigint
}

const stored = z.object({
  text: z.string().min(1),
  model: z.string().min(1),
  generatedAt: z.iso.datetime(),
  total: z.string().regex(/^\d{1,30}$/),
})

/** The key of what was written for this user, these positions and this model; it reveals none of them. */
export function proseKey(username: string, facts: Facts, model: string): string {
  const parts = JSON.stringify([promptVersion, model, username, describePositions(facts)])
  return `insight:${createHash('sha256').update(parts).digest('hex')}`
}

function parseProse(text: string): Prose | undefined {
  try {
    const parsed = stored.safeParse(JSON.parse(text))
    return parsed.success ? { ...parsed.data, total: BigInt(parsed.data.total) } : undefined
  } catch {
    return undefined
  }
}

/** What was written earlier; an entry of another form counts as none. */
export async function readProse(cache: Cache, key: string): Promise<Prose | undefined> {
  const text = await cache.get(key)
  return text === undefined ? undefined : parseProse(text)
}

export async function saveProse(
  cache: Cache,
  key: string,
  prose: Prose,
  ttlSeconds: number,
): Promise<void> {
  await cache.set(key, JSON.stringify({ ...prose, total: prose.total.toString() }), ttlSeconds)
}
