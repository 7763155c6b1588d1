import { BadInput } from '@cnop/kit/errors'
import { formatUsd, type Usd } from '@cnop/kit/money'
import { checkTicker } from '@cnop/quotes/quote'
import type { CreateRecurringOrderInput, RecurringScheduleInput } from '../generated/resolvers.ts'
import { OrderTooLarge, valueTooSmall } from './errors.ts'
import { checkRequest, type OrderRequest } from './order-request.ts'
import type { OrderRules } from './order-rules.ts'
import type { NewRecurringOrder, RecurringOrder } from './recurring-order.ts'
import type { Schedule } from './schedule.ts'
import { isTimeZone } from './zoned-time.ts'

const timeShape = /^(?:[01]\d|2[0-3]):[0-5]\d$/

/** Checks a schedule; the day belongs to the frequency. */
export function checkSchedule(
  input: Pick<RecurringScheduleInput, 'frequency' | 'weekday' | 'dayOfMonth' | 'time' | 'timeZone'>,
): Schedule {
  const { frequency, weekday, dayOfMonth, time, timeZone } = input
  checkDay('weekday', weekday, frequency === 'WEEKLY', 'a weekly order')
  checkDay('dayOfMonth', dayOfMonth, frequency === 'MONTHLY', 'a monthly order')
  if (dayOfMonth != null && (dayOfMonth < 1 || dayOfMonth > 31)) {
    throw new BadInput('dayOfMonth', 'must be 1 to 31')
  }
  if (!timeShape.test(time)) throw new BadInput('time', 'must be a time of day such as 09:30')
  if (!isTimeZone(timeZone)) {
    throw new BadInput('timeZone', 'must be the name of a time zone such as Europe/Berlin')
  }
  return {
    frequency,
    weekday: weekday ?? undefined,
    dayOfMonth: dayOfMonth ?? undefined,
    time,
    timeZone,
  }
}

function checkDay(field: string, day: unknown, isNeeded: boolean, owner: string): void {
  if (isNeeded && day == null) throw new BadInput(field, `is required for ${owner}`)
  if (!isNeeded && day != null) throw new BadInput(field, `belongs to ${owner}`)
}

/** Checks that depend on neither the clock nor the market, so that a repeat has the same result. */
export function checkRecurringOrder(
  input: CreateRecurringOrderInput,
  { minimum, maxValue }: OrderRules,
): NewRecurringOrder {
  const assetId = checkTicker(input.assetId)
  checkAmount(input.amount, { least: minimum.value, most: maxValue })
  return { assetId, amount: input.amount, ...checkSchedule(input) }
}

function checkAmount(amount: Usd, { least, most }: { least: Usd; most: Usd }): void {
  if (amount <= 0n) throw new BadInput('amount', 'must be more than zero')
  if (amount < least) throw valueTooSmall(least, 'amount')
  if (amount > most) throw new OrderTooLarge(amount, most, 'amount')
}

/** The request as plain JSON, for comparing repeats. */
export const recurringJson = ({
  assetId,
  amount,
  frequency,
  weekday,
  dayOfMonth,
  time,
  timeZone,
}: NewRecurringOrder): Record<string, string | null> => ({
  assetId,
  amount: formatUsd(amount),
  frequency,
  weekday: weekday ?? null,
  dayOfMonth: dayOfMonth === undefined ? null : String(dayOfMonth),
  time,
  timeZone,
})

/** The market order of one date. */
export const buyOf = ({ assetId, amount }: RecurringOrder, rules: OrderRules): OrderRequest =>
  checkRequest({ side: 'BUY', type: 'MARKET', assetId, quoteAmount: amount }, rules)
