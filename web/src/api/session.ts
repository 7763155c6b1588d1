import { isGuestName } from '@cnop/kit/demo'
import {
  ApiFailure,
  describeResponse,
  type Failure,
  failureOf,
  isOutcomeUnknown,
  isPassing,
  unreachable,
} from './errors.ts'
import { forgetOthers } from './own-names.ts'

export type SessionState =
  | { readonly status: 'unknown' }
  | {
      readonly status: 'anonymous'
      readonly hasEnded: boolean
      /** Whether this tab still has what the user had not sent. A sign-out in any tab removes it. */
      readonly hasDrafts: boolean
      /** Whether the session was that of a demo account for one visitor, into which nothing leads back. */
      readonly wasGuest?: true
    }
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
  /** Opens a demo account for this visitor and signs in to it. */
  readonly startDemo: () => Promise<void>
  readonly signOut: () => Promise<void>
  /** The sign-out that is under way: what is read before it has ended would be refused. */
  readonly signingOut: () => Promise<void> | undefined
  /** Ends the session locally, because it ended elsewhere or was signed out in another tab. */
  readonly leave: (how: 'ended' | 'signed-out') => void
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
  /**
   * The tab's data of its users. It goes at their sign-out, and before another one signs in; a session that ended elsewhere leaves
   * it for the same user.
   */
  readonly tabStorage: Storage
}

/**
 * Not a secret: it states that a refresh is worth a request, so that visitors cause no failing one, and names the user, so
 * that other tabs learn of a new one.
 */
export const markerName = 'cnop-was-signed-in'

/** What the marker is for a moment, before it is removed at a sign-out. */
const signedOut = ''

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
  let signingOut: Promise<void> | undefined
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
  const open = async (how: 'sign-in' | 'demo', body: object) => {
    // The cookie that a refresh in flight returns must not replace the new one.
    await refreshing
    await enter(await post(deps, `/auth/${how}`, body))
  }
  const leave = (hasEnded: boolean, keptFor?: string) => {
    departures += 1
    const username = usernameOf(getState()) || (deps.storage.getItem(markerName) ?? '')
    deps.storage.removeItem(markerName)
    forgetOthers(deps.tabStorage, keptFor)
    // There is no account to ask any more.
    const wasGuest = isGuestName(username)
    set({
      status: 'anonymous',
      hasEnded,
      hasDrafts: Boolean(keptFor),
      ...(wasGuest && { wasGuest }),
    })
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
      if (refusals.includes(failure.code)) {
        leave(getState().status !== 'anonymous', deps.storage.getItem(markerName) ?? undefined)
      } else noteOutage(failure)
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

  const trySignOut = async () => {
    // The sign-out must send the cookie that a refresh in flight returns.
    await refreshing
    await post(deps, '/auth/sign-out', {}, freshToken()).catch((error: unknown) => {
      // A session that the server no longer has counts as signed out.
      if (error instanceof ApiFailure && mayBeSignedIn(error)) throw error
    })
    deps.storage.setItem(markerName, signedOut)
    leave(false)
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
      set({ status: 'anonymous', hasEnded: false, hasDrafts: false })
    },
    signIn: (username, password) => open('sign-in', { username, password }),
    startDemo: () => open('demo', {}),
    signOut: () => (signingOut ??= trySignOut().finally(() => (signingOut = undefined))),
    signingOut: () => signingOut,
    leave: (how) => {
      const state = getState()
      if (state.status !== 'signed-in' && state.status !== 'reconnecting') return
      leave(true, how === 'ended' ? usernameOf(state) : undefined)
    },
    freshToken,
  }
}

/** Temporary failures, which do not end the session. */
const mayBeSignedIn = ({ failure }: ApiFailure): boolean =>
  isPassing(failure) ||
  isOutcomeUnknown(failure) ||
  failure.code === 'RATE_LIMITED' ||
  failure.code === 'CONTENTION'

/**
 * A sign-out in one tab signs out the others: they see the marker change and send no request. Where another user has
 * signed in, the others take over the session, which is the only one that the browser still has.
 */
export function followOtherTabs(session: Session): void {
  window.addEventListener('storage', ({ key, newValue }) => {
    if (key !== markerName) return
    if (newValue === null) session.leave('ended')
    else if (newValue === signedOut) session.leave('signed-out')
    else if (newValue !== usernameOf(session.getState())) void session.refresh('now')
  })
}
