/** The kinds of personal data in a tab's storage: drafts of forms, the last ticket, idempotency keys, what was sent, and toasts. */
export type OwnKind = 'draft' | 'ticket' | 'key' | 'sent' | 'toasts'

const ownName = /^cnop-(?:draft|ticket|key|sent|toasts):([^:]*)/

export const ownNameOf = (kind: OwnKind, username: string, scope: string): string =>
  `cnop-${kind}:${username}:${scope}`

/** Removes the stored data of all users except this one, or of all users without a name. */
export function forgetOthers(storage: Storage, username?: string): void {
  const names = Array.from({ length: storage.length }, (_, place) => storage.key(place) ?? '')
  for (const name of names) {
    const owner = ownName.exec(name)?.[1]
    if (owner !== undefined && owner !== username) storage.removeItem(name)
  }
}
