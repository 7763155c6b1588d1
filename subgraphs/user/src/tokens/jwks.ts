import type { JSONWebKeySet, JWK } from 'jose'
import { openKeyFile } from './key-file.ts'
import { exportPublicKey, type PublicKey, type SigningKey } from './signing-keys.ts'

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
