import { useMemo } from 'react'
import { type OwnKind, ownNameOf } from './own-names.ts'
import { usernameOf } from './session.ts'
import { useSession, useUsername } from './SessionProvider.tsx'

/** This tab's stored data of the signed-in user. It survives a reload and ends with the session. */
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
      },
      remove: (kind: OwnKind, scope: string) => sessionStorage.removeItem(nameOf(kind, scope)),
    }
  }, [session, username])
}

export type OwnStorage = ReturnType<typeof useOwnStorage>
