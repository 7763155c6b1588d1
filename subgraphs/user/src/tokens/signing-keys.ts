import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto'

export interface PublicKey {
  /** The thumbprint of RFC 7638: the same key has the same id wherever it is read. */
  readonly keyId: string
  readonly publicKey: KeyObject
}

export interface SigningKey extends PublicKey {
  readonly privateKey: KeyObject
}

/** What is wrong with a configured key. */
export class BadKey extends Error {
  override readonly name = 'BadKey'
}

/** Reads the private P-256 key that signs; PEM (line breaks may be written as \n) or JWK. */
export function readSigningKey(text: string): SigningKey {
  const privateKey = readKey(text, createPrivateKey)
  return { ...describePublic(createPublicKey(privateKey)), privateKey }
}

/** Reads keys that verify only: one PEM, several of them after each other, a JWK, or a JWK set. */
export function readPublicKeys(text: string): readonly PublicKey[] {
  return splitKeys(text).map((part) => describePublic(readKey(part, createPublicKey)))
}

export function generateSigningKey(): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { ...describePublic(publicKey), privateKey }
}

/** The private key as a JWK, for a file of our own. */
export const exportSigningKey = ({ privateKey, keyId }: SigningKey): JsonWebKey => ({
  ...privateKey.export({ format: 'jwk' }),
  kid: keyId,
})

/** The public key as it is published. */
export const exportPublicKey = ({ publicKey, keyId }: PublicKey): JsonWebKey => ({
  ...publicKey.export({ format: 'jwk' }),
  kid: keyId,
  alg: 'ES256',
  use: 'sig',
})

type KeyReader = (key: string | { readonly key: JsonWebKey; readonly format: 'jwk' }) => KeyObject

function readKey(text: string, read: KeyReader): KeyObject {
  const trimmed = text.trim()
  try {
    if (!trimmed.startsWith('{')) return read(trimmed.replaceAll('\\n', '\n'))
    return read({ key: JSON.parse(trimmed) as JsonWebKey, format: 'jwk' })
  } catch {
    // The error of the library may contain the key.
    throw new BadKey('must be a P-256 key as PEM or JWK')
  }
}

function describePublic(publicKey: KeyObject): PublicKey {
  if (publicKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw new BadKey('must be a key of the curve P-256, for ES256')
  }
  return { keyId: thumbprint(publicKey), publicKey }
}

function thumbprint(publicKey: KeyObject): string {
  const { crv, kty, x, y } = publicKey.export({ format: 'jwk' })
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url')
}

const pemBlock = /-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g

function splitKeys(text: string): readonly string[] {
  const trimmed = text.trim()
  if (!trimmed.startsWith('{')) {
    const blocks = trimmed.replaceAll('\\n', '\n').match(pemBlock)
    if (!blocks) throw new BadKey('must be public P-256 keys as PEM, JWK or JWK set')
    return blocks
  }
  const parsed = parseJson(trimmed) as { readonly keys?: unknown }
  return Array.isArray(parsed.keys) ? parsed.keys.map((key) => JSON.stringify(key)) : [trimmed]
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new BadKey('is not JSON')
  }
}
