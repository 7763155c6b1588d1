import { formatDate } from '../format/time.ts'
import { i18n } from '../i18n.ts'

const dayMs = 86_400_000

/** The platform's limit for the expiry of an order, in days. */
export const mostDaysAhead = 365

const pad = (part: number): string => String(part).padStart(2, '0')

/** The date of a time in the user's time zone, in the format of date fields: "2026-12-31". */
export function toDay(atMs: number): string {
  const date = new Date(atMs)
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`
}

/** The last moment of a day in the user's time zone; undefined for an invalid day. */
export function endOfDay(day: string): string | undefined {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day) ?? []
  if (!year || !month || !date) return undefined
  const end = new Date(Number(year), Number(month) - 1, Number(date), 23, 59, 59, 999)
  return toDay(end.getTime()) === day ? end.toISOString() : undefined
}

/** The first and the last selectable day. */
export function expiryBounds(nowMs: number): { readonly first: string; readonly last: string } {
  // The order waits until the end of its last day, which must be within the limit.
  return { first: toDay(nowMs), last: toDay(nowMs + (mostDaysAhead - 1) * dayMs) }
}

/** The problem of the selected day; null for a valid day and for none, which means "until cancelled". */
export function checkLastDay(day: string, nowMs: number): string | null {
  if (day === '') return null
  if (endOfDay(day) === undefined) return i18n.t('This is not a date.')
  const { first, last } = expiryBounds(nowMs)
  if (day < first) return i18n.t('This day is over.')
  return day > last
    ? i18n.t('At most {days} days ahead: {date}.', {
        days: mostDaysAhead,
        date: formatDate(`${last}T12:00:00`),
      })
    : null
}
