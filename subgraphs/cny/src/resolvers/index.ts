import type { Resolvers, MutationResolvers } from '../generated/resolvers.ts'
import { requireActor, requireOwner } from '@cnop/kit/identity'
import { claimRedPocket } from '../commands/claim-red-pocket.ts'
import { nextUtcDayMs, toIso, utcDay } from '@cnop/kit/clock'
import { readAccount } from '@cnop/ledger/balances'
import type { Context } from '../deps.ts'
import { oldEnoughAtMs } from '../domain/red-pocket.ts'

/** Without a minimum age, nothing is read. */
async function readOldEnoughAtMs({ ledger, minAgeMs }: Context, username: string): Promise<number> {
  return minAgeMs === 0 ? 0 : oldEnoughAtMs(await readAccount(ledger, username), minAgeMs)
}

const Portfolio = {
  redPocket: async (
    { username }: { readonly username: string },
    _arguments: unknown,
    context: Context,
  ) => {
    requireOwner(context, username)
    const nowMs = context.now()
    const claimedToday = await context.claims.load({ username, day: utcDay(nowMs) })
    const nextDayMs = claimedToday ? nextUtcDayMs(nowMs) : nowMs
    const nextClaimMs = Math.max(nextDayMs, await readOldEnoughAtMs(context, username))
    const { isOffered } = context
    const canClaim = isOffered && nextClaimMs === nowMs
    return { claimedToday, nextClaimAt: toIso(nextClaimMs), isOffered, canClaim }
  },
}

const Mutation: MutationResolvers = {
  claimRedPocket: (_parent, { input }, context) =>
    claimRedPocket(context, requireActor(context), input),
}

export const resolvers = { Mutation, Portfolio } satisfies Resolvers
