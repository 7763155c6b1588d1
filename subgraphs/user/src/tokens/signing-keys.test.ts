import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { calculateJwkThumbprint, type JWK } from 'jose'
import { readJwks } from './jwks.ts'
import { openKeyFile } from './jwks.ts'
import {
  exportPublicKey,
  exportSigningKey,
  generateSigningKey,
  readPublicKeys,
  readSigningKey,
} from './signing-keys.ts'

const key = generateSigningKey()
const pem = key.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
const publicPem = key.publicKey.export({ format: 'pem', type: 'spki' }).toString()
const jwk = JSON.stringify(exportSigningKey(key))
const other = generateSigningKey()
const otherPem = other.publicKey.export({ format: 'pem', type: 'spki' }).toString()

describe('readSigningKey', () => {
  it.each([
    ['PEM', pem],
    ['PEM on one line', pem.trim().replaceAll('\n', '\\n')],
    ['JWK', jwk],
  ])('reads a %s, and gives the same key the same id', async (_form, text) => {
    const read = readSigningKey(text)
    expect(read.keyId).toBe(key.keyId)
    expect(read.keyId).toBe(await calculateJwkThumbprint(exportPublicKey(read) as JWK))
  })

  it.each([
    ['text', 'secret'],
    ['nothing but a brace', '{'],
    ['a public key', JSON.stringify(exportPublicKey(key))],
    ['another curve', pemOf('P-384')],
    [
      'another kind',
      generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    ],
  ])('refuses %s without quoting it', (_what, text) => {
    expect(() => readSigningKey(text)).toThrow(/^must be a/)
  })
})

function pemOf(namedCurve: string): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve })
  return privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
}

describe('readPublicKeys', () => {
  const publicJwks = [key, other].map(exportPublicKey)
  it.each([
    ['PEMs after each other', `${publicPem}${otherPem}`, 2],
    ['PEMs on one line', `${publicPem}${otherPem}`.trim().replaceAll('\n', '\\n'), 2],
    ['a JWK', JSON.stringify(publicJwks[0]), 1],
    ['a JWK set', JSON.stringify({ keys: publicJwks }), 2],
  ])('reads %s', (_form, text, count) => {
    expect(readPublicKeys(text).map(({ keyId }) => keyId)).toEqual(
      [key.keyId, other.keyId].slice(0, count),
    )
  })

  it.each(['text', '{', JSON.stringify({ keys: [{ kty: 'oct', k: 'c2VjcmV0' }] })])(
    'refuses %s',
    (text) => {
      expect(() => readPublicKeys(text)).toThrow(/must be|is not JSON/)
    },
  )
})

describe('readJwks', () => {
  it('publishes the public halves, the signing key first, each once', () => {
    const config = { signingKey: key, otherKeys: [other, key], keyDirectory: '' }
    const { keys } = readJwks(config)
    expect(keys.map(({ kid }) => kid)).toEqual([key.keyId, other.keyId])
    expect(keys.every((published) => published.d === undefined && published.alg === 'ES256')).toBe(
      true,
    )
  })
})

describe('openKeyFile', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'keys-'))
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  it('makes one key that only its owner may read, and keeps it', () => {
    const made = openKeyFile(join(directory, 'data'))
    expect(openKeyFile(join(directory, 'data')).keyId).toBe(made.keyId)
    expect(statSync(join(directory, 'data', 'jwt-key.json')).mode & 0o777).toBe(0o600)
  })
})
