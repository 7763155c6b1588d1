import { toIso } from '@cnop/kit/clock'
import type { Actor } from '@cnop/kit/identity'
import type { Deps } from '../deps.ts'
import { saveSeenAt } from '../store/notifications.ts'

/** Stores that all notifications up to a moment were seen, at most up to now. */
export async function markNotificationsSeen(
  { store, now }: Pick<Deps, 'store' | 'now'>,
  { username }: Actor,
  until: string,
): Promise<void> {
  const latest = toIso(now())
  await saveSeenAt(store, username, until < latest ? until : latest)
}
