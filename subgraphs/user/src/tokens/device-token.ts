import { randomBytes } from 'node:crypto'
import { isCanonicalToken } from '@cnop/kit/base64url'
import type { Clock } from '@cnop/kit/clock'
import { createLocalJWKSet, errors, type JSONWebKeySet, jwtVerify, SignJWT } from 'jose'
import type { Device } from '../domain/device.ts'
import type { SigningKey } from './signing-keys.ts'

interface DeviceTokenOptions {
  readonly key: SigningKey
  /** Every key that may have signed a token which is still good. */
  readonly jwks: JSONWebKeySet
  readonly issuer: string
  readonly lifetimeSeconds: number
  readonly now: Clock
}

/** Signs and verifies device tokens. */
export interface DeviceTokens {
  /** Undefined for a token that is absent, altered, expired, or of a key that is published no more. */
  read(token: string | null | undefined): Promise<Device | undefined>
  sign(device: Device): Promise<string>
}

/** Keeps a device token from passing as any other token of ours, and any other token from passing as one. */
const audience = 'cnop-device'
const type = 'device'

/** The maximum length of a parsed token, in characters. Issued ones have about 500. */
const longestToken = 2_048

export const newDevice = (): Device => ({
  id: randomBytes(16).toString('base64url'),
  accounts: [],
})

/**
 * Device tokens are signed by the key that signs access tokens, and rotate with it: a token of the key before is good
 * as long as its public half is published, and is signed anew whenever it is used.
 */
export function openDeviceTokens(options: DeviceTokenOptions): DeviceTokens {
  const { key, issuer, lifetimeSeconds, now } = options
  const keys = createLocalJWKSet(options.jwks)
  return {
    read: async (token) => {
      if (!token || token.length > longestToken || !isCanonicalToken(token)) return undefined
      try {
        const { payload } = await jwtVerify(token, keys, {
          issuer,
          audience,
          algorithms: ['ES256'],
          currentDate: new Date(now()),
          requiredClaims: ['exp'],
        })
        const { typ, dev, acc } = payload
        const isDevice = typ === type && typeof dev === 'string' && Array.isArray(acc)
        return isDevice ? { id: dev, accounts: acc.map(String) } : undefined
      } catch (error) {
        if (error instanceof errors.JOSEError) return undefined
        throw error
      }
    },
    sign: ({ id, accounts }) => {
      const issuedAt = Math.floor(now() / 1_000)
      return new SignJWT({ typ: type, dev: id, acc: [...accounts] })
        .setProtectedHeader({ alg: 'ES256', kid: key.keyId, typ: 'JWT' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + lifetimeSeconds)
        .sign(key.privateKey)
    },
  }
}
