import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { SigningKey } from '@cnop/user/tokens/signing-keys'
import { exportPublicKey, generateSigningKey } from '@cnop/user/tokens/signing-keys'
import { decodeJwt, decodeProtectedHeader, type JWTPayload, SignJWT } from 'jose'

/** The intruder's material: a real token of a real session, and keys that no real intruder has. */
export interface Loot {
  readonly accessToken: string
  readonly refreshToken: string
  readonly signingKey: SigningKey
}

type Header = Record<string, unknown>
type Forge = (loot: Loot) => Promise<string> | string

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

const headerOf = ({ accessToken }: Loot): Header => ({ ...decodeProtectedHeader(accessToken) })

/** The claims of the real token with changes; undefined removes a claim. */
function claimsOf({ accessToken }: Loot, change: Header = {}): JWTPayload {
  const claims = { ...decodeJwt(accessToken), ...change }
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined))
}

/** Signs claims with a key, independent of the header. */
function sign(claims: JWTPayload, header: Header, key: KeyObject, alg = 'ES256'): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ ...header, alg }).sign(key)
}

/** Signed with the platform's own key: only the claims are invalid. */
const withClaims =
  (change: (nowSeconds: number) => Header): Forge =>
  (loot) => {
    const now = Math.floor(new Date().getTime() / 1_000)
    return sign(claimsOf(loot, change(now)), headerOf(loot), loot.signingKey.privateKey)
  }

/** Signed with a foreign key that the header declares. */
const byStranger =
  (change: (stranger: SigningKey, loot: Loot) => Header): Forge =>
  (loot) => {
    const stranger = generateSigningKey()
    const header = { ...headerOf(loot), ...change(stranger, loot) }
    return sign(claimsOf(loot), header, stranger.privateKey)
  }

const unsigned =
  (alg: string): Forge =>
  (loot) =>
    `${encode({ ...headerOf(loot), alg })}.${encode(claimsOf(loot))}.`

/** The public key used as the secret of an HMAC. */
const hmacOf =
  (secret: (key: KeyObject) => string | Buffer): Forge =>
  (loot) => {
    const text = `${encode({ ...headerOf(loot), alg: 'HS256' })}.${encode(claimsOf(loot))}`
    const key = secret(loot.signingKey.publicKey)
    return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`
  }

const withSignature =
  (change: (signature: string) => string): Forge =>
  ({ accessToken }) => {
    const [header = '', claims = '', signature = ''] = accessToken.split('.')
    return `${header}.${claims}.${change(signature)}`
  }

/** The last character of 64 bytes is A, Q, g or w. The next one in the alphabet decodes to the same bytes. */
const otherLastBits = (signature: string): string =>
  signature.slice(0, -1) + String.fromCharCode(signature.charCodeAt(signature.length - 1) + 1)

const otherKind =
  (alg: string, make: () => KeyObject): Forge =>
  (loot) =>
    sign(claimsOf(loot), headerOf(loot), make(), alg)

const der = (signature: string): string => {
  const raw = Buffer.from(signature, 'base64url')
  const integer = (part: Buffer): Buffer => {
    const padded = (part[0] ?? 0) > 127 ? Buffer.concat([Buffer.of(0), part]) : part
    return Buffer.concat([Buffer.of(2, padded.length), padded])
  }
  const body = Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))])
  return Buffer.concat([Buffer.of(0x30, body.length), body]).toString('base64url')
}

const flipFirst = (text: string): string => (text.startsWith('A') ? 'B' : 'A') + text.slice(1)

/** Tokens that must be refused, by their fault. */
export const forgeries: Readonly<Record<string, Forge>> = {
  'alg none': unsigned('none'),
  'alg None': unsigned('None'),
  'alg NONE with trailing text': (loot) => `${unsigned('NONE')(loot) as string}AAAA`,
  'no alg': (loot) => `${encode({ typ: 'JWT' })}.${encode(claimsOf(loot))}.AAAA`,
  'HS256 with the public key as PEM': hmacOf((key) =>
    key.export({ format: 'pem', type: 'spki' }).toString(),
  ),
  'HS256 with the public key as JWK': hmacOf((key) =>
    JSON.stringify(key.export({ format: 'jwk' })),
  ),
  'HS256 with the public key as DER': hmacOf((key) => key.export({ format: 'der', type: 'spki' })),
  'HS256 with an empty secret': hmacOf(() => ''),
  "the right kid, a stranger's key": byStranger(() => ({})),
  "the stranger's kid": byStranger((stranger) => ({ kid: stranger.keyId })),
  'no kid': byStranger(() => ({ kid: undefined })),
  'a kid that is a path': byStranger(() => ({ kid: '../../../../dev/null' })),
  'a kid that is SQL': byStranger(() => ({ kid: "' OR 1=1 --" })),
  'a jku header': byStranger(() => ({ jku: 'https://evil.invalid/jwks.json' })),
  'a jwk header': byStranger((stranger) => ({ jwk: exportPublicKey(stranger) })),
  'a jwk header with its own kid': byStranger((stranger) => ({
    jwk: exportPublicKey(stranger),
    kid: stranger.keyId,
  })),
  'an x5u header': byStranger(() => ({ x5u: 'https://evil.invalid/cert.pem' })),
  expired: withClaims((now) => ({ exp: now - 60 })),
  'expired this very second': withClaims((now) => ({ exp: now })),
  'expired within the leeway of other times': withClaims((now) => ({ exp: now - 2 })),
  'not yet valid': withClaims((now) => ({ nbf: now + 3_600 })),
  'issued later than now': withClaims((now) => ({ iat: now + 3_600, nbf: now - 10 })),
  'no exp': withClaims(() => ({ exp: undefined })),
  'exp as text': withClaims((now) => ({ exp: String(now + 600) })),
  'wrong iss': withClaims(() => ({ iss: 'https://evil.invalid' })),
  'no iss': withClaims(() => ({ iss: undefined })),
  'wrong aud': withClaims(() => ({ aud: 'another-api' })),
  'no aud': withClaims(() => ({ aud: undefined })),
  'typ refresh': withClaims(() => ({ typ: 'refresh' })),
  'no typ': withClaims(() => ({ typ: undefined })),
  'no sub': withClaims(() => ({ sub: undefined })),
  'an empty sub': withClaims(() => ({ sub: '' })),
  'no session': withClaims(() => ({ sid: undefined })),
  'a session that is a list': withClaims(() => ({ sid: ['ses'] })),
  'no jti': withClaims(() => ({ jti: undefined })),
  'the refresh token as access token': ({ refreshToken }) => refreshToken,
  'a truncated signature': withSignature((signature) => signature.slice(0, -8)),
  'an empty signature': withSignature(() => ''),
  'a signature of zeros': withSignature(() => Buffer.alloc(64).toString('base64url')),
  'a flipped signature': withSignature(flipFirst),
  'a DER signature': withSignature(der),
  'a padded signature': withSignature((signature) => `${signature}==`),
  'a signature with other unused bits': withSignature(otherLastBits),
  'padded claims': ({ accessToken }) => accessToken.split('.').join('=.'),
  'claims changed to administrator': (loot) => {
    const [header = '', , signature = ''] = loot.accessToken.split('.')
    return `${header}.${encode(claimsOf(loot, { role: 'admin' }))}.${signature}`
  },
  'claims changed to another user': (loot) => {
    const [header = '', , signature = ''] = loot.accessToken.split('.')
    return `${header}.${encode(claimsOf(loot, { sub: 'somebody' }))}.${signature}`
  },
  'a header changed after signing': (loot) => {
    const [, claims = '', signature = ''] = loot.accessToken.split('.')
    return `${encode({ ...headerOf(loot), cty: 'JWT' })}.${claims}.${signature}`
  },
  'ES384 of another curve': otherKind(
    'ES384',
    () => generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey,
  ),
  RS256: otherKind('RS256', () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey),
  EdDSA: otherKind('EdDSA', () => generateKeyPairSync('ed25519').privateKey),
  'an unknown critical header': (loot) =>
    `${encode({ ...headerOf(loot), crit: ['x'], x: 1 })}.${loot.accessToken.split('.').slice(1).join('.')}`,
  'five parts': ({ accessToken }) => `${accessToken}.AAAA.AAAA`,
  'two parts': ({ accessToken }) => accessToken.split('.').slice(0, 2).join('.'),
  'plain text': () => 'let-me-in',
  'longer than a token may be': ({ accessToken }) => accessToken + 'A'.repeat(8_192),
}

/** A valid token made in the same way: if it is refused, the forgeries prove nothing. */
export const honest: Forge = withClaims(() => ({}))
