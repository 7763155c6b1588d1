import { BadInput } from './errors.ts'

const calendarDate = /^(\d{4})-(\d{2})-(\d{2})$/
const clockTime = /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?$/
const zone = /^(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/
const parts = /^(.{10})T([\d:.]+)(Z|[+-].*)$/

/** Whether a text is YYYY-MM-DD and the calendar has this day. */
function isDate(text: string): boolean {
  const [, , month = '', day = ''] = calendarDate.exec(text) ?? []
  if (month === '' || month < '01' || month > '12') return false
  // JavaScript overflows an invalid day into the next month.
  const ms = Date.parse(`${text}T00:00:00Z`)
  return day >= '01' && !Number.isNaN(ms) && new Date(ms).toISOString().slice(8, 10) === day
}

/**
 * Reads an RFC 3339 instant: a date that exists, a time from 00:00:00 to 23:59:59 and a zone. Gives it in milliseconds since 1970;
 * fractions below a millisecond are dropped. Undefined for anything else: impossible dates, 24:00, leap seconds, missing zones.
 */
export function readInstant(text: string): number | undefined {
  const [, date = '', time = '', offset = ''] = parts.exec(text) ?? []
  if (!isDate(date) || !clockTime.test(time) || !zone.test(offset)) return undefined
  const ms = Date.parse(text)
  // An offset can move the instant outside of four-digit years.
  return new Date(ms).toISOString().length === 24 ? ms : undefined
}

/** Reads an RFC 3339 instant and gives it in UTC with milliseconds. Throws BadInput for anything else. */
export function parseInstant(text: string): string {
  const ms = readInstant(text)
  if (ms === undefined) {
    const example = 'must be an existing RFC 3339 instant such as 2026-01-31T09:15:00Z'
    throw new BadInput('DateTime', example)
  }
  return new Date(ms).toISOString()
}

/** Reads a calendar date that exists. Throws BadInput for anything else. */
export function parseDate(text: string): string {
  if (!isDate(text)) throw new BadInput('Date', 'must be an existing date such as 1985-06-15')
  return text
}
