import { toIso } from '@cnop/kit/clock'
import type { Deps } from '../deps.ts'
import { clockSkewMs, listEndedSessions, listOldEndedSessions } from '../store/ended-sessions.ts'

/** A row may become readable after a younger one by as much as a commit takes. */
const overlapMs = 10_000

/**
 * The sessions whose access tokens are refused, for the routers, as JSON. Without a query: all that matter, page by page (`next`, which
 * the query repeats). `since` continues where the last complete reply ended (`until`), and reads again a little of what was before.
 */
export async function listDenied(
  deps: Pick<Deps, 'store' | 'now' | 'accessSeconds'>,
  query: URLSearchParams,
): Promise<string> {
  const nowMs = deps.now()
  const from = query.get('next') ?? toIso(sinceMs(deps, query.get('since')))
  const isFirst = query.size === 0
  const { sessions, next } = await listEndedSessions(deps.store, { from, nowMs })
  const old = isFirst ? (await listOldEndedSessions(deps.store, from)).sessions : []
  const latest = sessions.at(-1)?.endedAt ?? ''
  const settled = toIso(nowMs - clockSkewMs)
  return JSON.stringify({
    sessions: [...old, ...sessions].map(({ sessionId, expiresAt }) => ({ sessionId, expiresAt })),
    next,
    until: latest > settled ? latest : settled,
  })
}

function sinceMs(
  { now, accessSeconds }: Pick<Deps, 'now' | 'accessSeconds'>,
  since: string | null,
): number {
  const longestTokenMs = Math.max(accessSeconds.SHORT, accessSeconds.LONG) * 1_000
  const earliestMs = now() - longestTokenMs - clockSkewMs
  const asked = since === null ? Number.NaN : Date.parse(since) - overlapMs
  return Number.isNaN(asked) ? earliestMs : Math.max(asked, earliestMs)
}
