import { useCallback, useMemo, useSyncExternalStore } from 'react'
import { type OwnKind, ownNameOf } from './own-names.ts'
import { usernameOf } from './session.ts'
import { useSession, useUsername } from './SessionProvider.tsx'

/** Those who show a stored text, by its name. A browser tells other tabs of a change, but not the page itself. */
const watchers = new Map<string, Set<() => void>>()

function watch(name: string, watcher: () => void): () => void {
  const those = watchers.get(name) ?? new Set()
  watchers.set(name, those.add(watcher))
  return () => {
    those.delete(watcher)
    if (those.size === 0) watchers.delete(name)
  }
}

const tellWatchers = (name: string): void => watchers.get(name)?.forEach((watcher) => watcher())

/** This tab's stored data of the signed-in user. It survives a reload, and a session that ended elsewhere. */
export function useOwnStorage() {
  const session = useSession()
  const username = useUsername()
  return useMemo(() => {
    const nameOf = (kind: OwnKind, scope: string) => ownNameOf(kind, username, scope)
    return {
      read: (kind: OwnKind, scope: string) => sessionStorage.getItem(nameOf(kind, scope)),
      write: (kind: OwnKind, scope: string, text: string) => {
        // A response after the sign-out must store nothing.
        if (username === '' || usernameOf(session.getState()) !== username) return
        sessionStorage.setItem(nameOf(kind, scope), text)
        tellWatchers(nameOf(kind, scope))
      },
      remove: (kind: OwnKind, scope: string) => {
        sessionStorage.removeItem(nameOf(kind, scope))
        tellWatchers(nameOf(kind, scope))
      },
      watch: (kind: OwnKind, scope: string, watcher: () => void) =>
        watch(nameOf(kind, scope), watcher),
    }
  }, [session, username])
}

export type OwnStorage = ReturnType<typeof useOwnStorage>

/**
 * A stored text as it is now. An answer may arrive after its page was left and opened again: the new page shows what the
 * old one has stored then.
 */
export function useOwnText(own: OwnStorage, kind: OwnKind, scope: string): string | null {
  return useSyncExternalStore(
    useCallback((watcher: () => void) => own.watch(kind, scope, watcher), [own, kind, scope]),
    useCallback(() => own.read(kind, scope), [own, kind, scope]),
  )
}
