import { createContext, type ReactNode, use, useEffect, useMemo, useSyncExternalStore } from 'react'
import { Provider } from 'urql'
import { createApiClient } from './client.ts'
import type { Session, SessionState } from './session.ts'

const SessionContext = createContext<Session | undefined>(undefined)

type SessionProviderProps = {
  readonly session: Session
  readonly children: ReactNode
  /** How the client reaches the API; the browser's own way unless said otherwise. */
  readonly fetchWith?: typeof fetch
}

/** Gives the tree its session and a GraphQL client whose cache belongs to the signed-in user alone. */
export function SessionProvider({ session, children, fetchWith }: SessionProviderProps) {
  const state = useSyncExternalStore(session.subscribe, session.getState)
  const username = state.status === 'signed-in' ? state.username : ''
  const client = useMemo(
    () => ({ username, client: createApiClient(session, fetchWith) }),
    [session, username, fetchWith],
  )
  useEffect(() => void session.start(), [session])
  return (
    <SessionContext value={session}>
      <Provider value={client.client}>{children}</Provider>
    </SessionContext>
  )
}

export function useSession(): Session {
  const session = use(SessionContext)
  if (!session) throw new Error('useSession is used outside of SessionProvider')
  return session
}

export function useSessionState(): SessionState {
  const session = useSession()
  return useSyncExternalStore(session.subscribe, session.getState)
}

/** The signed-in user's name; the empty string for visitors. */
export function useUsername(): string {
  const state = useSessionState()
  return state.status === 'signed-in' ? state.username : ''
}
