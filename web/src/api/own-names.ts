/** What a tab keeps of a person: what was typed into tickets, which one was last open, and the keys of commands. */
export type OwnKind = 'draft' | 'ticket' | 'key'

const ownName = /^cnop-(?:draft|ticket|key):([^:]*)/

export const ownNameOf = (kind: OwnKind, username: string, scope: string): string =>
  `cnop-${kind}:${username}:${scope}`

/** Removes what the tab keeps of everyone but this user; of everyone when there is none. */
export function forgetOthers(storage: Storage, username?: string): void {
  const names = Array.from({ length: storage.length }, (_, place) => storage.key(place) ?? '')
  for (const name of names) {
    const owner = ownName.exec(name)?.[1]
    if (owner !== undefined && owner !== username) storage.removeItem(name)
  }
}
