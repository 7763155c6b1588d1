import type { JSONWebKeySet, JWK } from 'jose'
import {
  exportPublicKey,
  type PublicKey,
  type SigningKey,
  exportSigningKey,
  generateSigningKey,
  readSigningKey,
} from './signing-keys.ts'
import { namedError } from '@cnop/kit/config'
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { makeDirectory } from '@cnop/kit/directories'

export interface KeyConfig {
  /** Absent in development: the key file of the data directory is used, and made at the first start. */
  readonly signingKey: SigningKey | undefined
  /** Keys that signed before a rotation, and keys that will sign after one: their tokens verify too. */
  readonly otherKeys: readonly PublicKey[]
  readonly keyDirectory: string
}

/** The key that signs. */
export const openSigningKey = (config: KeyConfig): SigningKey =>
  config.signingKey ?? openKeyFile(config.keyDirectory)

/** Every public key that verifies our tokens, the one that signs first. It is all that a verifier needs. */
export function readJwks(config: KeyConfig): JSONWebKeySet {
  const keys = [openSigningKey(config), ...config.otherKeys]
  const byId = new Map(keys.map((key) => [key.keyId, exportPublicKey(key) as JWK]))
  return { keys: [...byId.values()] }
}

/** The development key, made at the first start. Several processes may start at once: all of them get the same one. */
export function openKeyFile(directory: string): SigningKey {
  try {
    return openKeyIn(directory)
  } catch (error) {
    throw namedError('DATA_DIRECTORY', error)
  }
}

function openKeyIn(directory: string): SigningKey {
  const path = join(directory, 'jwt-key.json')
  const known = readIfPresent(path)
  if (known !== undefined) return readSigningKey(known)
  makeDirectory(directory, 0o700)
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  writeFileSync(draft, JSON.stringify(exportSigningKey(generateSigningKey())), { mode: 0o600 })
  try {
    // Unlike a rename, a link never replaces the file of a process that was quicker, and it is never half written.
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft)
  }
  return readSigningKey(readFileSync(path, 'utf8'))
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
