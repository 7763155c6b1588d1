import { instantOf, localDate, type ZonedInstant } from './zoned-time.ts'

export const frequencies = ['DAILY', 'WEEKLY', 'MONTHLY'] as const
export type Frequency = (typeof frequencies)[number]

export const weekdays = [
  'MONDAY',
  'TUESDAY',
  'WEDNESDAY',
  'THURSDAY',
  'FRIDAY',
  'SATURDAY',
  'SUNDAY',
] as const
export type Weekday = (typeof weekdays)[number]

/** On which days, and at what local time, something happens. Days are those of the calendar in the time zone. */
export interface Schedule {
  readonly frequency: Frequency
  /** Of a weekly schedule. */
  readonly weekday?: Weekday | undefined
  /** Of a monthly schedule, 1 to 31: the last day of a month that does not have it. */
  readonly dayOfMonth?: number | undefined
  /** HH:MM */
  readonly time: string
  /** A name of the IANA database. */
  readonly timeZone: string
}

/** One date of a schedule, YYYY-MM-DD, and its instant. */
export interface ScheduledDate extends ZonedInstant {
  readonly date: string
}

const dayMs = 86_400_000

const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

const addDays = (date: string, days: number): string => dateOf(Date.parse(date) + days * dayMs)

/** The first date of the schedule that is this day or later. */
function dateFrom(
  { frequency, weekday = 'MONDAY', dayOfMonth = 1 }: Schedule,
  day: string,
): string {
  switch (frequency) {
    case 'DAILY':
      return day
    case 'WEEKLY': {
      const isoDay = (new Date(day).getUTCDay() + 6) % 7
      return addDays(day, (weekdays.indexOf(weekday) - isoDay + 7) % 7)
    }
    case 'MONTHLY': {
      const inMonth = dayInMonth(day, 0, dayOfMonth)
      return inMonth >= day ? inMonth : dayInMonth(day, 1, dayOfMonth)
    }
  }
}

/** A day of the month of a date, or of one that many months later; its last day when the month is shorter. */
function dayInMonth(date: string, monthsLater: number, dayOfMonth: number): string {
  const start = new Date(date)
  const [year, month] = [start.getUTCFullYear(), start.getUTCMonth() + monthsLater]
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  return dateOf(Date.UTC(year, month, Math.min(dayOfMonth, lastDay)))
}

const scheduled = (schedule: Schedule, date: string): ScheduledDate => ({
  date,
  ...instantOf({ date, ...schedule }),
})

/** Clocks may be set over midnight: the instants of a date are between the days before and after. */
const neighbours = 1

/** The next dates whose instant is later than this one, and that are later than `after`, if it is given. */
export function datesAhead(
  schedule: Schedule,
  nowMs: number,
  { count, after = '' }: { readonly count: number; readonly after?: string | undefined },
): ScheduledDate[] {
  const today = localDate(schedule.timeZone, nowMs)
  const firstDay = addDays(today, -neighbours)
  const found: ScheduledDate[] = []
  let date = dateFrom(schedule, after >= firstDay ? addDays(after, 1) : firstDay)
  while (found.length < count) {
    const next = scheduled(schedule, date)
    if (next.ms > nowMs) found.push(next)
    date = dateFrom(schedule, addDays(date, 1))
  }
  return found
}

/** No schedule is looked back at further than this. */
const mostDaysBack = 400

/** The dates from `first` on whose instant has come, oldest first. */
export function datesCome(schedule: Schedule, first: string, nowMs: number): ScheduledDate[] {
  const today = localDate(schedule.timeZone, nowMs)
  const lastDay = addDays(today, neighbours)
  const earliest = addDays(today, -mostDaysBack)
  const found: ScheduledDate[] = []
  let date = dateFrom(schedule, first < earliest ? earliest : first)
  while (date <= lastDay) {
    const come = scheduled(schedule, date)
    if (come.ms <= nowMs) found.push(come)
    date = dateFrom(schedule, addDays(date, 1))
  }
  return found
}
