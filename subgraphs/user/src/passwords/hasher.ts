import { randomBytes } from 'node:crypto'
import { hash, parseOptions, verify } from '@node-rs/argon2'

/** What a hash costs. */
export interface HashCost {
  readonly memoryKib: number
  readonly passes: number
  readonly lanes: number
}

/** argon2id with 19 MiB, two passes and one lane: the recommended minimum that still signs in quickly. */
export const defaultHashCost: HashCost = { memoryKib: 19_456, passes: 2, lanes: 1 }

export interface PasswordHasher {
  hash(password: string): Promise<string>
  /** Verifies a password; without a hash (unknown name) it takes the same time and returns false. */
  verify(passwordHash: string | undefined, password: string): Promise<boolean>
  /** Whether a hash was made at another cost than today's. */
  isOutdated(passwordHash: string): boolean
}

// The library declares a const enum, which isolated modules cannot read.
const argon2id = 2

/** Creates a hasher. Concurrency is bounded by the limiter. */
export async function createHasher(cost: HashCost): Promise<PasswordHasher> {
  const options = {
    algorithm: argon2id,
    memoryCost: cost.memoryKib,
    timeCost: cost.passes,
    parallelism: cost.lanes,
  }
  const nobodysHash = await hash(randomBytes(32).toString('base64url'), options)
  return {
    hash: (password) => hash(password, options),
    verify: async (passwordHash, password) => {
      const isRight = await verify(passwordHash ?? nobodysHash, password)
      return isRight && passwordHash !== undefined
    },
    isOutdated: (passwordHash) => {
      const { algorithm, memoryCost, timeCost, parallelism } = parseOptions(passwordHash)
      return (
        (algorithm as number) !== argon2id ||
        memoryCost !== cost.memoryKib ||
        timeCost !== cost.passes ||
        parallelism !== cost.lanes
      )
    },
  }
}
