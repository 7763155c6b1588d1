import { ApiFailure, describeResponse, type Failure, failureOf, unreachable } from './errors.ts'
import { forgetOthers } from './own-names.ts'

export type SessionState =
  | { readonly status: 'unknown' }
  | { readonly status: 'anonymous'; readonly hasEnded: boolean }
  /** This browser was signed in; its current status could not be determined. */
  | { readonly status: 'reconnecting'; readonly outage: Failure }
  | {
      readonly status: 'signed-in'
      readonly username: string
      readonly accessToken: string
      readonly expiresAtMs: number
      /** The reason why the session could not be renewed. The renewal is retried. */
      readonly outage?: Failure
    }

/** Who is signed in; the empty string for nobody. */
export const usernameOf = (state: SessionState): string =>
  state.status === 'signed-in' ? state.username : ''

export type Session = {
  readonly getState: () => SessionState
  readonly subscribe: (listener: () => void) => () => void
  /** Determines the user, at most once: it refreshes the session if this browser was signed in before. */
  readonly start: () => Promise<void>
  readonly signIn: (username: string, password: string) => Promise<void>
  readonly signOut: () => Promise<void>
  /** Ends the session locally, because it ended elsewhere. */
  readonly leave: () => void
  /**
   * Concurrent callers share one refresh. Only a refusal ends the session; an outage is stored in the state. Shortly
   * after a failure no request is sent, except with `now`.
   */
  readonly refresh: (when?: 'now') => Promise<void>
  /** The reason why the session cannot be renewed at present, or undefined. */
  readonly outage: () => Failure | undefined
  /** The token for the next request, or undefined when it is about to expire. */
  readonly freshToken: () => string | undefined
}

type SessionDeps = {
  readonly fetch: typeof fetch
  readonly now: () => number
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  /** The tab's data of the user, which must not outlive the session. */
  readonly tabStorage: Storage
}

/**
 * Not a secret: it states that a refresh is worth a request, so that visitors cause no failing one, and names the user, so
 * that other tabs learn of a new one.
 */
export const markerName = 'cnop-was-signed-in'

/** A token with less than this remaining is not used. */
const leewayMs = 15_000

/** A longer refresh counts as an outage. */
const patienceMs = 15_000

/** How long callers get the same failure after a refresh that failed temporarily. */
const quietMs = 1_000

/** The codes that end a session. No other failure does. */
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

/** The access token is stored only here, in memory. The refresh token is a cookie that scripts cannot read. */
export function createSession(deps: SessionDeps): Session {
  const { getState, subscribe, set } = createState()
  let refreshing: Promise<void> | undefined
  /** The number of ended sessions: a refresh that began before the last one is discarded. */
  let departures = 0

  const enter = async (response: Response) => {
    const grant = (await response.json()) as Grant
    deps.storage.setItem(markerName, grant.username)
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
      if (refusals.includes(failure.code)) leave(getState().status !== 'anonymous')
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
    signIn: async (username, password) => {
      // The cookie that a refresh in flight returns must not replace the one of the sign-in.
      await refreshing
      await enter(await post(deps, '/auth/sign-in', { username, password }))
    },
    signOut: async () => {
      // The sign-out must send the cookie that a refresh in flight returns.
      await refreshing
      await post(deps, '/auth/sign-out', {}, freshToken()).catch((error: unknown) => {
        // A session that the server no longer has counts as signed out.
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

/** Temporary failures, which do not end the session. */
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

/**
 * A sign-out in one tab signs out the others: they see the marker disappear and send no request. Where another user has
 * signed in, the others take over the session, which is the only one that the browser still has.
 */
export function followOtherTabs(session: Session): void {
  window.addEventListener('storage', ({ key, newValue }) => {
    if (key !== markerName) return
    if (newValue === null) session.leave()
    else if (newValue !== usernameOf(session.getState())) void session.refresh('now')
  })
}
