import type { SharedCounts } from './shared-counts.ts'
import { memoryBlocks } from './ip-block-memory.ts'
import { redisBlocks } from './ip-block-redis.ts'
import type { Clock } from '@cnop/kit/clock'

export interface BlockRules {
  /** With so many failed sign-ins an address is blocked. */
  readonly maxFailures: number
  /** Failures are forgotten this long after the first. */
  readonly windowMs: number
  readonly blockMs: number
}

/**
 * What an address may do: go on; wait, because attempts that are under way could use up what is left; or nothing
 * until its block ends.
 */
export type Reservation =
  | { readonly kind: 'reserved' }
  | { readonly kind: 'busy' }
  /** `isNew`: these very attempts have brought the block about. */
  | { readonly kind: 'blocked'; readonly msLeft: number; readonly isNew: boolean }

export interface Block {
  readonly ip: string
  readonly secondsLeft: number
}

/**
 * Failed sign-ins by address. Attempts are counted before they run and given back when they succeed, so that no
 * number of attempts at once gets past the limit.
 */
export interface IpBlocks {
  reserve(ip: string, attempts: number): Promise<Reservation>
  /** Ends attempts that were reserved; gives the length of the block in milliseconds when they have brought one about. */
  settle(ip: string, attempts: number, failures: number): Promise<number | undefined>
  list(): Promise<readonly Block[]>
  set(ip: string, seconds: number): Promise<void>
  /** Forgets the block and the failures that led to it; answers whether there was a block. */
  clear(ip: string): Promise<boolean>
}

/** Over Redis, and in this process alone while Redis does not answer. */
export function openIpBlocks(shared: SharedCounts, rules: BlockRules, now: Clock): IpBlocks {
  const alone = memoryBlocks(rules, now)
  const { client } = shared
  if (!client) return alone
  const common = redisBlocks(client, rules)
  return {
    reserve: (ip, attempts) =>
      shared.run(
        () => common.reserve(ip, attempts),
        () => alone.reserve(ip, attempts),
      ),
    settle: (ip, attempts, failures) =>
      shared.run(
        () => common.settle(ip, attempts, failures),
        () => alone.settle(ip, attempts, failures),
      ),
    list: () =>
      shared.run(
        () => common.list(),
        () => alone.list(),
      ),
    set: (ip, seconds) =>
      shared.run(
        () => common.set(ip, seconds),
        () => alone.set(ip, seconds),
      ),
    clear: (ip) =>
      shared.run(
        () => common.clear(ip),
        () => alone.clear(ip),
      ),
  }
}
