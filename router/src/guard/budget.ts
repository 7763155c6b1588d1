import type { ErrorCode } from '@cnop/schema/codes'
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { RequestContext } from '../edge/request-context.ts'
import { Refusal } from '../errors/refusal.ts'
import type { SharedCounts } from '@cnop/kit/shared-counts'

export interface Spending {
  readonly isWithin: boolean
  readonly limit: number
  readonly remaining: number
  readonly msLeft: number
}

/** Takes points from the budget of a key in the current window. */
export type Spend = (key: string, points: number) => Promise<Spending>

interface BudgetOptions {
  /** The first part of its keys. */
  readonly name: string
  readonly limit: number
}

export const windowSeconds = 60

/** A budget of points for each key and fixed minute, exact across processes. */
export function openBudget({ name, limit }: BudgetOptions, shared: SharedCounts): Spend {
  const options = { points: limit, duration: windowSeconds, keyPrefix: name }
  const local = new RateLimiterMemory(options)
  const common = shared.client && new RateLimiterRedis({ ...options, storeClient: shared.client })
  const alone = (key: string, points: number) => consume(local, limit, key, points)
  return (key, points) =>
    common
      ? shared.run(
          () => consume(common, limit, key, points),
          () => alone(key, points),
        )
      : alone(key, points)
}

async function consume(
  limiter: RateLimiterMemory | RateLimiterRedis,
  limit: number,
  key: string,
  points: number,
): Promise<Spending> {
  try {
    return toSpending(await limiter.consume(key, points), limit, true)
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return toSpending(refused, limit, false)
    throw refused
  }
}

const toSpending = (
  { remainingPoints, msBeforeNext }: RateLimiterRes,
  limit: number,
  isWithin: boolean,
): Spending => ({
  isWithin,
  limit,
  remaining: Math.max(0, remainingPoints),
  msLeft: Math.max(0, msBeforeNext),
})

export const secondsLeft = (msLeft: number): number => Math.max(1, Math.ceil(msLeft / 1000))

/** A refusal with `retryAfterSeconds` in its details and in `Retry-After`. */
export function refuseUntil(code: ErrorCode, msLeft: number, message?: string): Refusal {
  const retryAfterSeconds = secondsLeft(msLeft)
  return new Refusal(code, message, {
    details: { retryAfterSeconds: String(retryAfterSeconds) },
    retryAfterSeconds,
  })
}

/** The key of the budget that a request uses: its user's, or its address's. */
export const actorKey = ({
  actor,
  clientIp,
}: Pick<RequestContext, 'actor' | 'clientIp'>): string =>
  actor ? `user:${actor.username}` : `ip:${clientIp}`
