import { dateLocale } from '../format/locale.ts'
import { i18n } from '../i18n.ts'
import type { Interval } from './candles.ts'

export type Zone = 'LOCAL' | 'UTC'

/** The name of a zone: UTC, or that of the browser. */
export const zoneName = (zone: Zone): string =>
  zone === 'UTC' ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone

/** "Times in Europe/Berlin"; candles of a day are days of UTC in every zone. */
export const zoneWords = (name: string, interval: Interval): string =>
  interval === '1d' ? i18n.t('Days of UTC') : i18n.t('Times in {zone}', { zone: name })

/** How much of a time a mark on the axis needs. */
export type Detail = 'year' | 'month' | 'day' | 'time'

const details: Readonly<Record<Detail, Intl.DateTimeFormatOptions>> = {
  year: { year: 'numeric' },
  month: { month: 'short' },
  day: { day: 'numeric', month: 'short' },
  time: { hour: '2-digit', minute: '2-digit' },
}

/** Formats the times of a chart, all in the zone of this name. Times are in seconds, as the chart has them. */
export function createTimeFormat(name: string, interval: Interval) {
  const timeZone = interval === '1d' ? 'UTC' : name
  const format = (options: Intl.DateTimeFormatOptions) => {
    const form = new Intl.DateTimeFormat(dateLocale, { ...options, timeZone })
    return (seconds: number) => form.format(seconds * 1_000)
  }
  const date = { day: 'numeric', month: 'short', year: 'numeric' } as const
  const marks = {
    year: format(details.year),
    month: format(details.month),
    day: format(details.day),
    time: format(details.time),
  }
  return {
    full: format(interval === '1d' ? date : { ...date, ...details.time }),
    mark: (seconds: number, detail: Detail) => {
      const isMidnight = marks.time(seconds) === '00:00'
      // The day of a chart begins at midnight of UTC, which is another hour elsewhere.
      if (interval === '1d' || detail === 'time' || isMidnight) return marks[detail](seconds)
      return `${marks.day(seconds)} ${marks.time(seconds)}`
    },
  }
}

export type TimeFormat = ReturnType<typeof createTimeFormat>
