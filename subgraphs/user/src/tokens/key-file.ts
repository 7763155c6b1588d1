import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import {
  exportSigningKey,
  generateSigningKey,
  readSigningKey,
  type SigningKey,
} from './signing-keys.ts'

/** The development key, made at the first start. Several processes may start at once: all of them get the same one. */
export function openKeyFile(directory: string): SigningKey {
  const path = join(directory, 'jwt-key.json')
  const known = readIfPresent(path)
  if (known !== undefined) return readSigningKey(known)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
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
