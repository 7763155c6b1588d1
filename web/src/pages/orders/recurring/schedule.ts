import type {
  RecurringFrequency,
  RecurringScheduleInput,
  Weekday,
} from '../../../generated/graphql.ts'
import { i18n } from '../../../i18n.ts'

/** The time zone of the reader's clock. */
export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

export const frequencyNames: Readonly<Record<RecurringFrequency, string>> = {
  DAILY: i18n.t('Daily'),
  WEEKLY: i18n.t('Weekly'),
  MONTHLY: i18n.t('Monthly'),
}

export const weekdayNames: Readonly<Record<Weekday, string>> = {
  MONDAY: i18n.t('Monday'),
  TUESDAY: i18n.t('Tuesday'),
  WEDNESDAY: i18n.t('Wednesday'),
  THURSDAY: i18n.t('Thursday'),
  FRIDAY: i18n.t('Friday'),
  SATURDAY: i18n.t('Saturday'),
  SUNDAY: i18n.t('Sunday'),
}

type Schedule = {
  readonly frequency: RecurringFrequency
  readonly weekday: Weekday | null
  readonly dayOfMonth: number | null
  readonly time: string
  readonly timeZone: string
}

function daysOf({ frequency, weekday, dayOfMonth }: Schedule): string {
  if (frequency === 'WEEKLY' && weekday) {
    return i18n.t('Every {weekday}', { weekday: weekdayNames[weekday] })
  }
  if (frequency === 'MONTHLY' && dayOfMonth !== null) {
    return dayOfMonth === 31
      ? i18n.t('On the last day of every month')
      : i18n.t('On day {day} of every month', { day: dayOfMonth })
  }
  return i18n.t('Every day')
}

/** "Every Monday at 09:30", with the time zone where it is not the reader's. */
export function scheduleWords(schedule: Schedule, zone = ownZone()): string {
  const { time, timeZone } = schedule
  const days = daysOf(schedule)
  return timeZone === zone
    ? i18n.t('{days} at {time}', { days, time })
    : i18n.t('{days} at {time} in {zone}', { days, time, zone: timeZone.replaceAll('_', ' ') })
}

/** The fields of the form, as they are typed and chosen. */
export type Draft = {
  readonly assetId: string
  readonly amount: string
  readonly frequency: string
  readonly weekday: string
  readonly dayOfMonth: string
  readonly time: string
  readonly timeZone: string
}

export const firstDraft: Draft = {
  assetId: '',
  amount: '',
  frequency: 'MONTHLY',
  weekday: 'MONDAY',
  dayOfMonth: '1',
  time: '09:00',
  timeZone: ownZone(),
}

/** What the API takes of a draft: the day belongs to the frequency. */
export function scheduleOf(draft: Draft): RecurringScheduleInput {
  const frequency = draft.frequency as RecurringFrequency
  return {
    frequency,
    ...(frequency === 'WEEKLY' && { weekday: draft.weekday as Weekday }),
    ...(frequency === 'MONTHLY' && { dayOfMonth: Number(draft.dayOfMonth) }),
    time: draft.time,
    timeZone: draft.timeZone,
  }
}

/** Every zone that the browser knows, the reader's among them. */
export const zoneOptions = (): readonly string[] => [
  ...new Set([ownZone(), 'UTC', ...Intl.supportedValuesOf('timeZone')]),
]
