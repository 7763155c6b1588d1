/** What the caller of a request has proven: by a JSON Web Token whose keys the configuration names. */
import { readFile } from 'node:fs/promises'
import type { IncomingHttpHeaders } from 'node:http'
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  jwtVerify,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
} from 'jose'
import { Refusal } from '../../errors/refusal.ts'
import type { Rights } from '../rules/variants.ts'
import type { StandaloneConfig } from './config.ts'

export type ReadRights = (headers: IncomingHttpHeaders) => Rights | Promise<Rights>

const none: Rights = { isAuthenticated: false, scopes: new Set() }

type JwtConfig = NonNullable<StandaloneConfig['authentication']>['jwt']

/** A request without a token has no rights; one with an invalid token is refused. */
export async function openRights(
  authentication: StandaloneConfig['authentication'],
): Promise<ReadRights> {
  if (!authentication) return () => none
  const { jwt } = authentication
  const keys = await openKeys(jwt.jwks)
  return (headers) => {
    const token = tokenOf(headers, jwt)
    return token === undefined ? none : verify(token, keys, jwt)
  }
}

async function openKeys(jwks: JwtConfig['jwks']): Promise<JWTVerifyGetKey> {
  if ('url' in jwks) return createRemoteJWKSet(new URL(jwks.url))
  return createLocalJWKSet(JSON.parse(await readFile(jwks.file, 'utf8')) as JSONWebKeySet)
}

function tokenOf(headers: IncomingHttpHeaders, { header, prefix }: JwtConfig): string | undefined {
  const given = headers[header]
  if (typeof given !== 'string') return undefined
  if (prefix === '') return given
  const isPrefixed = given.toLowerCase().startsWith(`${prefix.toLowerCase()} `)
  return isPrefixed ? given.slice(prefix.length + 1).trim() : undefined
}

async function verify(token: string, keys: JWTVerifyGetKey, config: JwtConfig): Promise<Rights> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: config.algorithms,
      ...(config.issuer !== undefined && { issuer: config.issuer }),
      ...(config.audience !== undefined && { audience: config.audience }),
    })
    return { isAuthenticated: true, scopes: scopesOf(payload) }
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error
    throw new Refusal('UNAUTHENTICATED', 'The token is not valid.')
  }
}

/** The `scope` claim: names separated by spaces (RFC 8693), or a list of them. */
function scopesOf({ scope }: JWTPayload & { readonly scope?: unknown }): ReadonlySet<string> {
  if (typeof scope === 'string') return new Set(scope.split(' ').filter((name) => name !== ''))
  return new Set(Array.isArray(scope) ? scope.map(String) : [])
}
