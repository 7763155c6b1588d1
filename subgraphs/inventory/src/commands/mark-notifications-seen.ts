import { toIso } from '@cnop/kit/clock'
import type { Actor } from '@cnop/kit/identity'
import type { Deps } from '../deps.ts'
import { saveSeenAt } from '../store/notifications.ts'

/** Remembers that everything up to a moment was seen; nobody has seen the future. */
export async function markNotificationsSeen(
  { store, now }: Pick<Deps, 'store' | 'now'>,
  { username }: Actor,
  until: string,
): Promise<void> {
  const latest = toIso(now())
  await saveSeenAt(store, username, until < latest ? until : latest)
}
