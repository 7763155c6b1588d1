import { toIso } from '@cnop/kit/clock'
import type { Usd } from '@cnop/kit/money'
import type { ErrorCode } from '@cnop/schema/codes'
import { datesAhead, datesCome, type Schedule, type ScheduledDate } from './schedule.ts'

export const recurringStatuses = ['ACTIVE', 'PAUSED'] as const
export type RecurringStatus = (typeof recurringStatuses)[number]

export const runOutcomes = ['BOUGHT', 'SKIPPED', 'MISSED'] as const
export type RunOutcome = (typeof runOutcomes)[number]

/** What became of one date of a recurring order. */
export interface RecurringRun {
  /** The date in the order's time zone, YYYY-MM-DD. */
  readonly date: string
  /** When it was due, and when it ran or was given up. */
  readonly dueAt: string
  readonly at: string
  readonly outcome: RunOutcome
  /** The order that it placed. */
  readonly orderId?: string | undefined
  /** Why it bought nothing: the code of the refusal, and the same in words. */
  readonly code?: string | undefined
  readonly reason?: string | undefined
}

/** Buys an asset for the same amount of cash at each date of a schedule. */
export interface RecurringOrder extends Schedule {
  readonly id: string
  readonly username: string
  readonly assetId: string
  /** What each buy may cost, fee included. */
  readonly amount: Usd
  readonly status: RecurringStatus
  /** The next date and its instant; absent while it is paused. */
  readonly nextDate?: string | undefined
  readonly nextAt?: string | undefined
  /** The last date that has run or was given up: no date up to this one ever runs again. */
  readonly lastDate?: string | undefined
  /** The latest runs, newest first. */
  readonly runs: readonly RecurringRun[]
  readonly createdAt: string
  readonly updatedAt: string
  /** Counts the changes; each is conditional on the one before. */
  readonly version: bigint
}

/** The configured limits of recurring orders. */
export interface RecurringRules {
  /** How many of them one user may have. */
  readonly most: number
  /** A date runs late by at most this. */
  readonly graceMs: number
}

const idPattern = /^rec_[A-Za-z0-9_]{6,46}$/

export const isRecurringOrderId = (text: string): boolean => idPattern.test(text)

/** How many runs an order keeps. */
export const mostRuns = 20

/** What is due of an active order: at most one buy, for the latest date that has come. */
export interface Due {
  readonly date: ScheduledDate
  /** Its time is over: it is given up as well. */
  readonly isTooLate: boolean
  /** Earlier dates that nobody ran, oldest first. */
  readonly missed: readonly ScheduledDate[]
}

/**
 * The latest date that has come runs, late by the grace at most. What came before it is missed: after an outage nobody expects
 * to buy several times at once.
 */
export function dueOf(order: RecurringOrder, nowMs: number, graceMs: number): Due | undefined {
  if (order.status !== 'ACTIVE' || order.nextDate === undefined) return undefined
  const come = datesCome(order, order.nextDate, nowMs)
  const date = come.at(-1)
  if (!date) return undefined
  return { date, isTooLate: nowMs - date.ms > graceMs, missed: come.slice(0, -1) }
}

/** What became of the buy that was due. */
export type Settled =
  | { readonly outcome: 'BOUGHT'; readonly orderId: string }
  | { readonly outcome: 'SKIPPED'; readonly code: ErrorCode; readonly reason: string }

const reasons = {
  passed: 'The platform did not run at that time, and a later date has come since.',
  tooLate: 'The platform did not run, or had no price, at that time.',
} as const

/** The order after what was due: the runs are recorded, and the next date is one that has not come yet. */
export function afterRun(
  order: RecurringOrder,
  { date, isTooLate, missed }: Due,
  { nowMs, settled }: { readonly nowMs: number; readonly settled: Settled | undefined },
): RecurringOrder {
  const at = toIso(nowMs)
  const runOf = ({ date: day, ms }: ScheduledDate) => ({ date: day, dueAt: toIso(ms), at })
  const gaveUp = (day: ScheduledDate, reason: string): RecurringRun => ({
    ...runOf(day),
    outcome: 'MISSED',
    reason,
  })
  const last =
    isTooLate || !settled ? gaveUp(date, reasons.tooLate) : { ...runOf(date), ...settled }
  const earlier = missed.map((day) => gaveUp(day, reasons.passed)).reverse()
  return {
    ...order,
    ...nextOf(order, nowMs, date.date),
    lastDate: date.date,
    runs: [last, ...earlier, ...order.runs].slice(0, mostRuns),
    updatedAt: at,
    version: order.version + 1n,
  }
}

/** The next date after now, and after the last one that has run. */
function nextOf(
  schedule: Schedule,
  nowMs: number,
  lastDate: string | undefined,
): Pick<RecurringOrder, 'nextDate' | 'nextAt'> {
  const [next] = datesAhead(schedule, nowMs, { count: 1, after: lastDate })
  return { nextDate: next?.date, nextAt: next && toIso(next.ms) }
}

export interface NewRecurringOrder extends Schedule {
  readonly assetId: string
  readonly amount: Usd
}

export const openRecurringOrder = (
  asked: NewRecurringOrder,
  {
    id,
    username,
    nowMs,
  }: { readonly id: string; readonly username: string; readonly nowMs: number },
): RecurringOrder => ({
  ...asked,
  ...nextOf(asked, nowMs, undefined),
  id,
  username,
  status: 'ACTIVE',
  runs: [],
  createdAt: toIso(nowMs),
  updatedAt: toIso(nowMs),
  version: 1n,
})

/** The order paused, or resumed from its next date on; dates of the pause are not made up for. Undefined when it is so already. */
export function withStatus(
  order: RecurringOrder,
  status: RecurringStatus,
  nowMs: number,
): RecurringOrder | undefined {
  if (order.status === status) return undefined
  const next =
    status === 'ACTIVE'
      ? nextOf(order, nowMs, order.lastDate)
      : { nextDate: undefined, nextAt: undefined }
  return { ...order, ...next, status, updatedAt: toIso(nowMs), version: order.version + 1n }
}
