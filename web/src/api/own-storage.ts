import { useMemo } from 'react'
import { type OwnKind, ownNameOf } from './own-names.ts'
import type { SessionState } from './session.ts'
import { useSession, useUsername } from './SessionProvider.tsx'

const userOf = (state: SessionState): string => (state.status === 'signed-in' ? state.username : '')

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
        if (userOf(session.getState()) !== username) return
        sessionStorage.setItem(nameOf(kind, scope), text)
      },
    }
  }, [session, username])
}

export type OwnStorage = ReturnType<typeof useOwnStorage>
