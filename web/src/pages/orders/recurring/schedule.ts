import type {
  RecurringFrequency,
  RecurringScheduleInput,
  Weekday,
} from '../../../generated/graphql.ts'

/** The time zone of the reader's clock. */
export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

export const frequencyNames: Readonly<Record<RecurringFrequency, string>> = {
  DAILY: 'Daily',
  WEEKLY: 'Weekly',
  MONTHLY: 'Monthly',
}

export const weekdayNames: Readonly<Record<Weekday, string>> = {
  MONDAY: 'Monday',
  TUESDAY: 'Tuesday',
  WEDNESDAY: 'Wednesday',
  THURSDAY: 'Thursday',
  FRIDAY: 'Friday',
  SATURDAY: 'Saturday',
  SUNDAY: 'Sunday',
}

type Schedule = {
  readonly frequency: RecurringFrequency
  readonly weekday: Weekday | null
  readonly dayOfMonth: number | null
  readonly time: string
  readonly timeZone: string
}

function daysOf({ frequency, weekday, dayOfMonth }: Schedule): string {
  if (frequency === 'WEEKLY' && weekday) return `Every ${weekdayNames[weekday]}`
  if (frequency === 'MONTHLY' && dayOfMonth !== null) {
    return dayOfMonth === 31
      ? 'On the last day of every month'
      : `On day ${dayOfMonth} of every month`
  }
  return 'Every day'
}

/** "Every Monday at 09:30", with the time zone where it is not the reader's. */
export function scheduleWords(schedule: Schedule, zone = ownZone()): string {
  const { time, timeZone } = schedule
  const where = timeZone === zone ? '' : ` in ${timeZone.replaceAll('_', ' ')}`
  return `${daysOf(schedule)} at ${time}${where}`
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
