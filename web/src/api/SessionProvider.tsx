import { createContext, type ReactNode, use, useEffect, useMemo, useSyncExternalStore } from 'react'
import { Provider } from 'urql'
import { createApiClient } from './client.ts'
import { createPriceFeed, type PriceFeed } from './price-feed.ts'
import { type Session, type SessionState, usernameOf } from './session.ts'
import { createStreams } from './stream.ts'
import type { Channel } from './stream-share.ts'

const SessionContext = createContext<Session | undefined>(undefined)
const PriceFeedContext = createContext<PriceFeed | undefined>(undefined)

type SessionProviderProps = {
  readonly session: Session
  readonly children: ReactNode
  /** The `fetch` that the client uses. Default: the browser's. */
  readonly fetchWith?: typeof fetch
  /** Locks with which tabs agree which one streams; undefined where the browser has none. */
  readonly locks?: Pick<LockManager, 'request'> | undefined
  /** Opens a channel over which that tab tells the others what it receives. */
  readonly channel?: (name: string) => Channel
}

const browserFetch: typeof fetch = (input, init) => fetch(input, init)

/** Provides the session, a GraphQL client with a separate cache per user, and live prices. */
export function SessionProvider(props: SessionProviderProps) {
  const { session, children, fetchWith, locks, channel } = props
  const state = useSyncExternalStore(session.subscribe, session.getState)
  const username = usernameOf(state)
  const { client, prices } = useMemo(() => {
    const open = createStreams({ session, locks, channel, fetch: fetchWith ?? browserFetch })
    return {
      username,
      client: createApiClient(session, open, fetchWith),
      prices: createPriceFeed(open),
    }
  }, [session, username, fetchWith, locks, channel])
  useEffect(() => void session.start(), [session])
  return (
    <SessionContext value={session}>
      <PriceFeedContext value={prices}>
        <Provider value={client}>{children}</Provider>
      </PriceFeedContext>
    </SessionContext>
  )
}

export function useSession(): Session {
  const session = use(SessionContext)
  if (!session) throw new Error('useSession is used outside of SessionProvider')
  return session
}

export function usePriceFeed(): PriceFeed {
  const prices = use(PriceFeedContext)
  if (!prices) throw new Error('usePriceFeed is used outside of SessionProvider')
  return prices
}

export function useSessionState(): SessionState {
  const session = useSession()
  return useSyncExternalStore(session.subscribe, session.getState)
}

/** The signed-in user's name; the empty string for visitors. */
export function useUsername(): string {
  return usernameOf(useSessionState())
}
