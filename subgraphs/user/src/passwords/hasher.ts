import { randomBytes } from 'node:crypto'
import { hash, parseOptions, verify } from '@node-rs/argon2'
import * as bcrypt from '@node-rs/bcrypt'

/** What a hash costs. */
export interface HashCost {
  readonly memoryKib: number
  readonly passes: number
  readonly lanes: number
  /** Makes every check take as long as one of an imported bcrypt hash of this cost. */
  readonly bcryptDecoy?: number | undefined
}

/** The hashes that the import brings from the previous system. A higher cost would block a sign-in for seconds. */
export const importedHash = /^\$2[aby]\$(?:0[4-9]|1[0-4])\$[./A-Za-z0-9]{53}$/

const isImported = (passwordHash: string): boolean => passwordHash.startsWith('$2')

/** argon2id with 19 MiB, two passes and one lane: the recommended minimum that still signs in quickly. */
export const defaultHashCost: HashCost = { memoryKib: 19_456, passes: 2, lanes: 1 }

export interface PasswordHasher {
  hash(password: string): Promise<string>
  /** Verifies a password; without a hash (unknown name) it takes the same time and returns false. */
  verify(passwordHash: string | undefined, password: string): Promise<boolean>
  /** Whether a hash is of another algorithm or cost than today's. */
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
  const nobodysPassword = randomBytes(32).toString('base64url')
  const nobodysHash = await hash(nobodysPassword, options)
  const decoy =
    cost.bcryptDecoy === undefined
      ? undefined
      : await bcrypt.hash(nobodysPassword, cost.bcryptDecoy)
  const verifyImported = async (passwordHash: string, password: string): Promise<boolean> => {
    const isRight = await bcrypt.verify(password, passwordHash)
    if (decoy !== undefined) await verify(nobodysHash, password)
    return isRight
  }
  return {
    hash: (password) => hash(password, options),
    verify: async (passwordHash, password) => {
      if (passwordHash !== undefined && isImported(passwordHash))
        return verifyImported(passwordHash, password)
      if (decoy !== undefined) await bcrypt.verify(password, decoy)
      const isRight = await verify(passwordHash ?? nobodysHash, password)
      return isRight && passwordHash !== undefined
    },
    isOutdated: (passwordHash) => {
      if (isImported(passwordHash)) return true
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
