/** What a refresh token says of its session. Only the user subgraph can tell whether it is true. */
export interface ClaimedSession {
  readonly username: string
  readonly sessionId: string
}

const shape = /^([a-z0-9_]{6,30})\.([A-Za-z0-9_]{1,64})\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}$/

/** Reads the session that a refresh token names; undefined for text that cannot be one. */
export function claimedSession(refreshToken: string): ClaimedSession | undefined {
  const [, username, sessionId] = shape.exec(refreshToken) ?? []
  return username && sessionId ? { username, sessionId } : undefined
}
