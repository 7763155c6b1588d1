import { Group, TextInput } from '@mantine/core'
import { useState } from 'react'
import { i18n } from '../i18n.ts'
import { firstDayOf } from './days.ts'

/** What the server computes at most: three years, of which today is the last day. */
const mostDays = 1_095

/** Whole UTC days, both included; until today where there is no last one. */
export type Span = { readonly from: string; readonly to?: string }
export type Days = Required<Span>

/** The ranges of everything that is told of a portfolio over time. */
export const spans = [
  { value: '30', label: i18n.t('1M'), span: (): Span => ({ from: firstDayOf(30) }) },
  { value: '90', label: i18n.t('3M'), span: (): Span => ({ from: firstDayOf(90) }) },
  {
    value: 'ytd',
    label: i18n.t('YTD'),
    span: (): Span => ({ from: `${firstDayOf(0).slice(0, 4)}-01-01` }),
  },
  { value: '365', label: i18n.t('1Y'), span: (): Span => ({ from: firstDayOf(365) }) },
  { value: 'max', label: i18n.t('Max'), span: (): Span => ({ from: firstDayOf(mostDays) }) },
  { value: 'custom', label: i18n.t('Custom'), span: undefined },
] as const

/** Why a range of two days cannot be read, at the day that is wrong; undefined when it can. */
function problemOf({ from, to }: Days): Partial<Days> | undefined {
  if (from === '') return { from: i18n.t('Enter both days.') }
  if (to === '') return { to: i18n.t('Enter both days.') }
  if (to > firstDayOf(0)) return { to: i18n.t('The last day is in the future.') }
  if (from > to) return { from: i18n.t('The first day is after the last one.') }
  return from < firstDayOf(mostDays)
    ? { from: i18n.t('The range may begin at most three years ago.') }
    : undefined
}

type DaysProps = {
  readonly days: Days
  readonly problem: Partial<Days> | undefined
  readonly onChange: (days: Days) => void
}

function DayFields({ days, problem, onChange }: DaysProps) {
  const bounds = { min: firstDayOf(mostDays), max: firstDayOf(0) }
  return (
    <Group gap={12} align="start">
      <TextInput
        type="date"
        label={i18n.t('First day')}
        {...bounds}
        value={days.from}
        error={problem?.from}
        onChange={({ currentTarget: { value } }) => onChange({ ...days, from: value })}
      />
      <TextInput
        type="date"
        label={i18n.t('Last day')}
        {...bounds}
        value={days.to}
        error={problem?.to}
        onChange={({ currentTarget: { value } }) => onChange({ ...days, to: value })}
      />
    </Group>
  )
}

/** The range that is shown, the last 30 days at first, and the fields of a custom one. */
export function useSpan() {
  const [chosen, choose] = useState<string>('30')
  const [entered, setDays] = useState<Days>()
  const days = entered ?? { from: firstDayOf(30), to: firstDayOf(0) }
  const isCustom = chosen === 'custom'
  const problem = isCustom ? problemOf(days) : undefined
  return {
    ...{ chosen, choose, isCustom, problem },
    span: spans.find(({ value }) => value === chosen)?.span?.() ?? days,
    fields: isCustom && <DayFields days={days} problem={problem} onChange={setDays} />,
  }
}
