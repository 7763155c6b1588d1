import type { CookieOptions, Request, Response } from 'express'

/** The cookies of the dashboard, which scripts cannot read. */
export interface SessionCookies {
  readonly refreshToken: string | undefined
  readonly deviceToken: string | undefined
}

export interface CookieJar {
  read(request: Request): SessionCookies
  keepRefreshToken(response: Response, token: string, seconds: number): void
  keepDeviceToken(response: Response, token: string): void
  forgetRefreshToken(response: Response): void
}

/** Longer than the refresh token's: a device outlives its session. Browsers cap the age of a cookie at this. */
const deviceSeconds = 400 * 86_400

/**
 * Reads and writes the cookies of `/auth`. Over https they are named `__Secure-…`, which browsers accept from https
 * pages only: a network attacker cannot plant one over http.
 */
export function createCookieJar({ isSecure }: { readonly isSecure: boolean }): CookieJar {
  const prefix = isSecure ? '__Secure-' : ''
  const refreshName = `${prefix}cnop_refresh`
  const deviceName = `${prefix}cnop_device`
  const options: CookieOptions = {
    httpOnly: true,
    sameSite: 'strict',
    secure: isSecure,
    path: '/auth',
  }
  return {
    read: (request) => ({
      refreshToken: readCookie(request, refreshName),
      deviceToken: readCookie(request, deviceName),
    }),
    keepRefreshToken: (response, token, seconds) => {
      response.cookie(refreshName, token, { ...options, maxAge: seconds * 1_000 })
    },
    keepDeviceToken: (response, token) => {
      response.cookie(deviceName, token, { ...options, maxAge: deviceSeconds * 1_000 })
    },
    forgetRefreshToken: (response) => {
      response.clearCookie(refreshName, options)
    },
  }
}

/** Tokens need no decoding; an empty cookie counts as absent. */
function readCookie(request: Request, name: string): string | undefined {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim())
  const value = pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1)
  return value === '' ? undefined : value
}
