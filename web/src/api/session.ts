import { ApiFailure, describeResponse, unreachable } from './errors.ts'

export type SessionState =
  | { readonly status: 'unknown' }
  | { readonly status: 'anonymous'; readonly hasEnded: boolean }
  | {
      readonly status: 'signed-in'
      readonly username: string
      readonly accessToken: string
      readonly expiresAtMs: number
    }

export type Session = {
  readonly getState: () => SessionState
  readonly subscribe: (listener: () => void) => () => void
  /** Finds out who is there, at most once: a refresh when this browser was signed in before. */
  readonly start: () => Promise<void>
  readonly signIn: (username: string, password: string) => Promise<void>
  readonly signOut: () => Promise<void>
  /** One refresh at a time: whoever asks meanwhile waits for the same answer. */
  readonly refresh: () => Promise<void>
  /** The token for the next request, or undefined when it is about to expire. */
  readonly freshToken: () => string | undefined
}

type SessionDeps = {
  readonly fetch: typeof fetch
  readonly now: () => number
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
}

/** Not a secret: it only says that a refresh is worth trying, so that visitors cause no failing request. */
export const markerName = 'cnop-was-signed-in'

/** A token that lives for less than this is not used any more. */
const leewayMs = 15_000

type Grant = {
  readonly accessToken: string
  readonly expiresInSeconds: number
  readonly username: string
}

async function post({ fetch }: SessionDeps, path: string, body: object): Promise<Response> {
  const response = await fetch(path, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
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

  const enter = async (response: Response) => {
    const grant = (await response.json()) as Grant
    deps.storage.setItem(markerName, 'yes')
    set({
      status: 'signed-in',
      username: grant.username,
      accessToken: grant.accessToken,
      expiresAtMs: deps.now() + grant.expiresInSeconds * 1000,
    })
  }
  const leave = (hasEnded: boolean) => {
    deps.storage.removeItem(markerName)
    set({ status: 'anonymous', hasEnded })
  }
  const tryRefresh = async () => {
    const wasSignedIn = getState().status === 'signed-in'
    try {
      await enter(await post(deps, '/auth/refresh', {}))
    } catch (error) {
      const isRefused = error instanceof ApiFailure && !isPassing(error)
      if (isRefused) leave(wasSignedIn)
      else if (!wasSignedIn) set({ status: 'anonymous', hasEnded: false })
    }
  }
  const refresh = () => {
    refreshing ??= tryRefresh().finally(() => (refreshing = undefined))
    return refreshing
  }

  return {
    getState,
    subscribe,
    refresh,
    start: async () => {
      if (getState().status !== 'unknown') return
      if (deps.storage.getItem(markerName) === null) set({ status: 'anonymous', hasEnded: false })
      else await refresh()
    },
    signIn: async (username, password) =>
      enter(await post(deps, '/auth/sign-in', { username, password })),
    signOut: async () => {
      await post(deps, '/auth/sign-out', {}).catch((error: unknown) => {
        // A session that the server no longer knows is as good as signed out.
        if (error instanceof ApiFailure && isPassing(error)) throw error
      })
      leave(false)
    },
    freshToken: () => {
      const state = getState()
      const isFresh = state.status === 'signed-in' && state.expiresAtMs - deps.now() > leewayMs
      return isFresh ? state.accessToken : undefined
    },
  }
}

/** Failures that say nothing about the session itself. */
function isPassing({ failure: { code } }: ApiFailure): boolean {
  const passing = [
    'NETWORK',
    'RATE_LIMITED',
    'OVERLOADED',
    'TIMEOUT',
    'SUBGRAPH_UNAVAILABLE',
    'INTERNAL',
  ]
  return passing.includes(code)
}

/** Signing out in one tab signs out the others: they see the marker go. */
export function followOtherTabs(session: Session): void {
  window.addEventListener('storage', (event) => {
    if (event.key === markerName && event.newValue === null) void session.refresh()
  })
}
