import { readDayChange } from '../commands/read-day-change.ts'
import type { Standing } from '../commands/standing.ts'
import type { Context } from '../deps.ts'
import type { DayChange } from '../domain/day-change.ts'
import type { Settled } from '../store/loaders.ts'

/** Holdings and their prices at the moment of the request. */
export async function readStanding(context: Context, username: string): Promise<Standing> {
  const { loaders, quotes, momentMs } = context
  const [settled, { quotes: known }] = await Promise.all([
    loaders.readSettled(username),
    quotes.asOf(momentMs),
  ])
  return { settled, quotes: known, nowMs: momentMs ?? context.now() }
}

const days = new WeakMap<Settled, Promise<DayChange | undefined>>()

/** The day change of a portfolio, computed once for the portfolio and all holdings of a request. */
export async function readDay(context: Context, username: string): Promise<DayChange | undefined> {
  const standing = await readStanding(context, username)
  const day = days.get(standing.settled) ?? readDayChange(context, standing)
  days.set(standing.settled, day)
  return day
}
