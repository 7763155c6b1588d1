import { i18n } from '../i18n.ts'
import { dateLocale } from './locale.ts'

const dateTime = new Intl.DateTimeFormat(dateLocale, {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
})

const moment = new Intl.DateTimeFormat(dateLocale, {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})

const date = new Intl.DateTimeFormat(dateLocale, {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
})

const day = new Intl.DateTimeFormat(dateLocale, { day: 'numeric', month: 'short' })

const dayTime = new Intl.DateTimeFormat(dateLocale, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
})

const time = new Intl.DateTimeFormat(dateLocale, { hour: '2-digit', minute: '2-digit' })

const clock = new Intl.DateTimeFormat(dateLocale, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})

const zonedDateTime = new Intl.DateTimeFormat(dateLocale, {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
})

const relative = new Intl.RelativeTimeFormat(dateLocale, { numeric: 'always' })

/** "21 Nov 2026, 09:15" in the reader's time zone. */
export const formatDateTime = (iso: string): string => dateTime.format(new Date(iso))

/** "21 Nov 2026, 09:15:07": where an order and its price are told apart by seconds. */
export const formatMoment = (iso: string): string => moment.format(new Date(iso))

export const formatDate = (iso: string): string => date.format(new Date(iso))

/** "21 Nov", where the year is unambiguous. */
export const formatDay = (iso: string): string => day.format(new Date(iso))

/** "21 Nov" of a calendar date such as 2026-11-21: a time without a zone is the reader's, so that the day stays the same. */
export const formatCalendarDay = (date: string): string => formatDay(`${date}T12:00:00`)

/** "21 Nov, 09:15", where the year is unambiguous. */
export const formatDayTime = (iso: string): string => dayTime.format(new Date(iso))

/** "09:15" in the reader's time zone. */
export const formatTime = (iso: string): string => time.format(new Date(iso))

/** "09:15:07": for a time within the minute. */
export const formatClock = (iso: string): string => clock.format(new Date(iso))

/** "1 Dec 2026, 01:00 CET": for a time that a zone decides which may not be the reader's. */
export const formatZonedDateTime = (iso: string): string => zonedDateTime.format(new Date(iso))

const steps = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const

/** "5 minutes ago", "in 3 hours", in whole units that have passed; older than a week: the date. */
export function formatRelative(iso: string, nowMs: number): string {
  const seconds = (Date.parse(iso) - nowMs) / 1000
  const distance = Math.abs(seconds)
  if (distance > 7 * 86_400) return formatDate(iso)
  const step = steps.find(([, size]) => distance >= size)
  // Clocks differ by seconds, so a time in the future is "just now" as well.
  if (!step) return i18n.t('just now')
  return relative.format(Math.trunc(seconds / step[1]), step[0])
}
