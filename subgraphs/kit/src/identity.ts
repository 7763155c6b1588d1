import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { decodeBase64Url } from './base64url.ts'
import { Forbidden, Unauthenticated } from './errors.ts'

export type Role = 'customer' | 'admin'

/** The caller, as verified by the router. */
export interface Actor {
  readonly username: string
  readonly role: Role
  readonly sessionId: string
}

/** The signed facts about the caller; a subgraph trusts nothing else. */
export interface Identity {
  readonly requestId: string
  readonly actor: Actor | undefined
  readonly clientIp: string | undefined
  readonly userAgent: string | undefined
  /** The API that the caller uses, where it is not GraphQL: its contract may set other limits. */
  readonly api?: ClientApi | undefined
  /** The moment whose prices the request reads, in milliseconds since 1970: the same in every call of one request. */
  readonly momentMs?: number | undefined
}

export type ClientApi = 'rest'

/** A shared secret between the router and one subgraph; the id allows rotation. */
export interface SigningKey {
  readonly id: string
  readonly secret: string
}

export type Headers = Readonly<Record<string, string | undefined>>

/** The tolerated clock skew of router and subgraph, in milliseconds. A nonce is kept this long. */
export const signatureSkewMs = 30_000

interface SignedCall {
  readonly subgraph: string
  readonly body: string
  readonly identity: Identity
}

const identityHeaders = {
  'x-user-id': (identity: Identity) => identity.actor?.username,
  'x-user-role': (identity: Identity) => identity.actor?.role,
  'x-session-id': (identity: Identity) => identity.actor?.sessionId,
  'x-client-ip': (identity: Identity) => identity.clientIp,
  'x-client-agent': (identity: Identity) =>
    identity.userAgent === undefined
      ? undefined
      : encodeURIComponent(identity.userAgent.slice(0, 200)),
  'x-client-api': (identity: Identity) => identity.api,
  'x-request-id': (identity: Identity) => identity.requestId,
  'x-moment': (identity: Identity) => identity.momentMs?.toFixed(0),
} as const

/** Every header that only the router may send; the router's edge strips them from inbound requests. */
export const internalHeaders: readonly string[] = [
  'x-source',
  'x-auth-service',
  'x-seal',
  'x-seal-key',
  'x-seal-time',
  'x-seal-nonce',
  ...Object.keys(identityHeaders).filter((name) => name !== 'x-request-id'),
]

/** What the HMAC covers: method, subgraph, body hash, every identity header, time and nonce, one per line. */
function signedText(subgraph: string, body: string, headers: Headers): string {
  const bodyHash = createHash('sha256').update(body).digest('hex')
  const identity = Object.keys(identityHeaders).map((name) => `${name}=${headers[name] ?? ''}`)
  return [
    'POST',
    subgraph,
    bodyHash,
    ...identity,
    headers['x-seal-key'] ?? '',
    headers['x-seal-time'] ?? '',
    headers['x-seal-nonce'] ?? '',
  ].join('\n')
}

const sign = (secret: string, text: string): Buffer =>
  createHmac('sha256', secret).update(text).digest()

/** Headers with a signed identity, valid for one call with this body to one subgraph. */
export function signCall(key: SigningKey, call: SignedCall, nowMs: number): Record<string, string> {
  const headers: Record<string, string> = {
    'x-source': 'gateway',
    'x-auth-service': 'router',
    'x-seal-key': key.id,
    'x-seal-time': String(nowMs),
    'x-seal-nonce': randomBytes(12).toString('base64url'),
  }
  for (const [name, read] of Object.entries(identityHeaders)) {
    const value = read(call.identity)
    if (value !== undefined) headers[name] = value
  }
  headers['x-seal'] = sign(key.secret, signedText(call.subgraph, call.body, headers)).toString(
    'base64url',
  )
  return headers
}

/** Keeps nonces as long as their signature is valid. Returns true for a new one. */
export type NonceCheck = (nonce: string, nowMs: number) => boolean

/** Two sets of nonces: memory is bounded by twice the calls of one skew window. */
export function rememberNonces(windowMs = signatureSkewMs * 2): NonceCheck {
  let current = new Set<string>()
  let previous = new Set<string>()
  let turnsAt = 0
  return (nonce, nowMs) => {
    if (nowMs >= turnsAt) {
      previous = nowMs >= turnsAt + windowMs ? new Set() : current
      current = new Set()
      turnsAt = nowMs + windowMs
    }
    if (current.has(nonce) || previous.has(nonce)) return false
    current.add(nonce)
    return true
  }
}

interface SignedRequest {
  readonly subgraph: string
  readonly body: string
  readonly headers: Headers
}

/** Reads the identity of a signed call. Throws Forbidden for an unsigned, altered, stale or repeated one. */
export function verifyCall(
  keys: readonly SigningKey[],
  { subgraph, body, headers }: SignedRequest,
  nowMs: number,
  isFresh: NonceCheck,
): Identity {
  const key = keys.find(({ id }) => id === headers['x-seal-key'])
  const given = headers['x-seal']
  if (headers['x-source'] !== 'gateway' || !key || !given) {
    throw new Forbidden('This service accepts signed calls of the router only.')
  }
  const expected = sign(key.secret, signedText(subgraph, body, headers))
  const offered = decodeBase64Url(given)
  if (offered?.length !== expected.length || !timingSafeEqual(offered, expected)) {
    throw new Forbidden('The signature does not match the call.')
  }
  checkFreshness(headers, nowMs, isFresh)
  return identityFrom(headers)
}

function checkFreshness(headers: Headers, nowMs: number, isFresh: NonceCheck): void {
  const signedAt = parseInt(headers['x-seal-time'] ?? '', 10)
  if (!(Math.abs(nowMs - signedAt) <= signatureSkewMs))
    throw new Forbidden('The signature has expired.')
  if (!isFresh(headers['x-seal-nonce'] ?? '', nowMs))
    throw new Forbidden('The signature was used before.')
}

function identityFrom(headers: Headers): Identity {
  const username = headers['x-user-id']
  const agent = headers['x-client-agent']
  const momentMs = parseInt(headers['x-moment'] ?? '', 10)
  return {
    requestId: headers['x-request-id'] ?? '',
    actor:
      username === undefined
        ? undefined
        : {
            username,
            role: headers['x-user-role'] === 'admin' ? 'admin' : 'customer',
            sessionId: headers['x-session-id'] ?? '',
          },
    clientIp: headers['x-client-ip'],
    userAgent: agent === undefined ? undefined : decodeURIComponent(agent),
    api: headers['x-client-api'] === 'rest' ? 'rest' : undefined,
    momentMs: Number.isNaN(momentMs) ? undefined : momentMs,
  }
}

/** The signed-in user, or a refusal. */
export function requireActor(scope: { readonly actor: Actor | undefined }): Actor {
  if (!scope.actor) throw new Unauthenticated()
  return scope.actor
}

/** Whether the actor may read this user's data: the user themself, or an administrator. */
export function requireOwner(
  scope: { readonly actor: Actor | undefined },
  username: string,
): Actor {
  const actor = requireActor(scope)
  if (actor.username !== username && actor.role !== 'admin') throw new Forbidden()
  return actor
}
