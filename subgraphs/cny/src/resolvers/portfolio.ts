import { nextUtcDayMs, toIso, utcDay } from '@cnop/kit/clock'
import { requireOwner } from '@cnop/kit/identity'
import type { Context } from '../deps.ts'

export const Portfolio = {
  redPocket: async (
    { username }: { readonly username: string },
    _arguments: unknown,
    context: Context,
  ) => {
    requireOwner(context, username)
    const nowMs = context.now()
    const claimedToday = await context.claims.load({ username, day: utcDay(nowMs) })
    return { claimedToday, nextClaimAt: toIso(claimedToday ? nextUtcDayMs(nowMs) : nowMs) }
  },
}
