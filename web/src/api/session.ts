import { ApiFailure, describeResponse, type Failure, failureOf, unreachable } from './errors.ts'
import { forgetOthers } from './own-names.ts'

export type SessionState =
  | { readonly status: 'unknown' }
  | { readonly status: 'anonymous'; readonly hasEnded: boolean }
  /** This browser was signed in; whether it still is could not be determined. */
  | { readonly status: 'reconnecting'; readonly outage: Failure }
  | {
      readonly status: 'signed-in'
      readonly username: string
      readonly accessToken: string
      readonly expiresAtMs: number
      /** Why the session could not be renewed; it is tried again. */
      readonly outage?: Failure
    }

export type Session = {
  readonly getState: () => SessionState
  readonly subscribe: (listener: () => void) => () => void
  /** Finds out who is there, at most once: a refresh when this browser was signed in before. */
  readonly start: () => Promise<void>
  readonly signIn: (username: string, password: string) => Promise<void>
  readonly signOut: () => Promise<void>
  /** Forgets the session here, because it was ended elsewhere. */
  readonly leave: () => void
  /**
   * One refresh at a time: concurrent callers wait for the same answer. Only a refusal ends the session; an outage
   * is kept in the state. Shortly after a failure nothing is asked, unless it has to be `now`.
   */
  readonly refresh: (when?: 'now') => Promise<void>
  /** Why the session cannot be renewed at the moment. */
  readonly outage: () => Failure | undefined
  /** The token for the next request, or undefined when it is about to expire. */
  readonly freshToken: () => string | undefined
}

type SessionDeps = {
  readonly fetch: typeof fetch
  readonly now: () => number
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  /** What the tab keeps of a person, which must not outlast the session. */
  readonly tabStorage: Storage
}

/** Not a secret: it only says that a refresh is worth trying, so that visitors cause no failing request. */
export const markerName = 'cnop-was-signed-in'

/** A token that lives for less than this is not used any more. */
const leewayMs = 15_000

/** A refresh that takes longer counts as an outage. */
const patienceMs = 15_000

/** After a refresh that failed temporarily, callers get the same failure for a while. */
const quietMs = 1_000

/** What says that a session is over. Whatever else goes wrong, it may go on. */
const refusals: readonly string[] = ['UNAUTHENTICATED', 'SESSION_ENDED']

type Grant = {
  readonly accessToken: string
  readonly expiresInSeconds: number
  readonly username: string
}

async function post(
  { fetch }: SessionDeps,
  path: string,
  body: object,
  accessToken?: string,
): Promise<Response> {
  const response = await fetch(path, {
    method: 'POST',
    credentials: 'same-origin',
    headers: {
      'content-type': 'application/json',
      ...(accessToken !== undefined && { authorization: `Bearer ${accessToken}` }),
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(patienceMs),
  }).catch(() => {
    throw new ApiFailure(unreachable)
  })
  if (!response.ok) throw new ApiFailure(await describeResponse(response))
  return response
}

function createState(): Pick<Session, 'getState' | 'subscribe'> & {
  set: (next: SessionState) => void
} {
  let state: SessionState = { status: 'unknown' }
  const listeners = new Set<() => void>()
  return {
    getState: () => state,
    set: (next) => {
      state = next
      listeners.forEach((listener) => listener())
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** The access token lives here, in memory, and nowhere else; the refresh token is a cookie no script can read. */
export function createSession(deps: SessionDeps): Session {
  const { getState, subscribe, set } = createState()
  let refreshing: Promise<void> | undefined
  /** Counts the times that the session was left: a refresh from before is void. */
  let departures = 0

  const enter = async (response: Response) => {
    const grant = (await response.json()) as Grant
    deps.storage.setItem(markerName, 'yes')
    forgetOthers(deps.tabStorage, grant.username)
    set({
      status: 'signed-in',
      username: grant.username,
      accessToken: grant.accessToken,
      expiresAtMs: deps.now() + grant.expiresInSeconds * 1000,
    })
  }
  const leave = (hasEnded: boolean) => {
    departures += 1
    deps.storage.removeItem(markerName)
    forgetOthers(deps.tabStorage)
    set({ status: 'anonymous', hasEnded })
  }
  let failedAtMs = -Infinity
  const noteOutage = (outage: Failure) => {
    failedAtMs = deps.now()
    const state = getState()
    set(state.status === 'signed-in' ? { ...state, outage } : { status: 'reconnecting', outage })
  }
  const tryRefresh = async () => {
    const departuresBefore = departures
    try {
      const response = await post(deps, '/auth/refresh', {})
      if (departures === departuresBefore) await enter(response)
    } catch (error) {
      if (departures !== departuresBefore) return
      const failure = failureOf(error)
      if (refusals.includes(failure.code)) leave(true)
      else noteOutage(failure)
    }
  }
  const freshToken = () => {
    const state = getState()
    const isFresh = state.status === 'signed-in' && state.expiresAtMs - deps.now() > leewayMs
    return isFresh ? state.accessToken : undefined
  }
  const outage = () => {
    const state = getState()
    return 'outage' in state ? state.outage : undefined
  }
  const refresh = (when?: 'now') => {
    const isQuiet = outage() !== undefined && deps.now() - failedAtMs < quietMs
    if (isQuiet && when !== 'now') return refreshing ?? Promise.resolve()
    refreshing ??= tryRefresh().finally(() => (refreshing = undefined))
    return refreshing
  }

  return {
    getState,
    subscribe,
    refresh,
    outage,
    start: async () => {
      if (getState().status !== 'unknown') return
      if (deps.storage.getItem(markerName) !== null) return refresh()
      // A tab that the browser restores may be older than the sign-out.
      forgetOthers(deps.tabStorage)
      set({ status: 'anonymous', hasEnded: false })
    },
    signIn: async (username, password) =>
      enter(await post(deps, '/auth/sign-in', { username, password })),
    signOut: async () => {
      // The cookie that a refresh under way brings is the one to sign out with.
      await refreshing
      await post(deps, '/auth/sign-out', {}, freshToken()).catch((error: unknown) => {
        // A session that the server no longer knows is as good as signed out.
        if (error instanceof ApiFailure && isPassing(error)) throw error
      })
      leave(false)
    },
    leave: () => {
      const { status } = getState()
      if (status === 'signed-in' || status === 'reconnecting') leave(true)
    },
    freshToken,
  }
}

/** Failures that say nothing about the session itself. */
function isPassing({ failure: { code } }: ApiFailure): boolean {
  const passing = [
    'NETWORK',
    'RATE_LIMITED',
    'OVERLOADED',
    'CONTENTION',
    'OUTCOME_UNKNOWN',
    'TIMEOUT',
    'SUBGRAPH_UNAVAILABLE',
    'STORE_UNAVAILABLE',
    'INTERNAL',
  ]
  return passing.includes(code)
}

/** Signing out in one tab signs out the others: they see the marker disappear and send no request. */
export function followOtherTabs(session: Session): void {
  window.addEventListener('storage', (event) => {
    if (event.key === markerName && event.newValue === null) session.leave()
  })
}
