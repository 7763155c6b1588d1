import { Trans } from '@lingui/react'
import { Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import { IconChartLine } from '@tabler/icons-react'
import { useState } from 'react'
import { useReading } from '../../api/reading.ts'
import { formatPercent, formatSignedPercent } from '../../format/percent.ts'
import { formatDay } from '../../format/time.ts'
import {
  PortfolioPerformanceDocument,
  type PortfolioPerformanceQuery,
} from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { PercentChange } from '../../ui/Change.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { type Fact, Facts } from '../../ui/Facts.tsx'
import { Panel, ReadingPanel } from '../../ui/Panel.tsx'
import { firstDayOf } from '../../values/days.ts'

type Performance = NonNullable<
  NonNullable<PortfolioPerformanceQuery['me']>['portfolio']['performance']
>
type Return = Performance['timeWeighted']

const everyMs = 300_000
/** What the server computes at most: three years, of which today is the last day. */
const mostDays = 1_095

type Span = { readonly from: string; readonly to?: string }

const ranges = [
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

/** Why a range of two days cannot be read; undefined when it can. */
function problemOf({ from, to }: Required<Span>): string | undefined {
  if (from === '' || to === '') return i18n.t('Enter both days.')
  if (to > firstDayOf(0)) return i18n.t('The last day is in the future.')
  if (from > to) return i18n.t('The first day is after the last one.')
  return from < firstDayOf(mostDays)
    ? i18n.t('The range may begin at most three years ago.')
    : undefined
}

type DaysProps = {
  readonly days: Required<Span>
  readonly problem: string | undefined
  readonly onChange: (days: Required<Span>) => void
}

/** Whole UTC days, both included. */
function Days({ days, problem, onChange }: DaysProps) {
  const bounds = { min: firstDayOf(mostDays), max: firstDayOf(0) }
  return (
    <Group gap={12} align="start">
      <TextInput
        type="date"
        label={i18n.t('First day')}
        {...bounds}
        value={days.from}
        error={problem}
        onChange={({ currentTarget: { value } }) => onChange({ ...days, from: value })}
      />
      <TextInput
        type="date"
        label={i18n.t('Last day')}
        {...bounds}
        value={days.to}
        onChange={({ currentTarget: { value } }) => onChange({ ...days, to: value })}
      />
    </Group>
  )
}

/** The range that is shown, and the days of a custom one, which begins with those of the range before. */
function useSpan() {
  const [chosen, choose] = useState<string>('30')
  const [days, setDays] = useState<Required<Span>>()
  const range = ranges.find(({ value }) => value === chosen)
  const custom = days ?? { from: firstDayOf(30), to: firstDayOf(0) }
  const isCustom = range?.span === undefined
  const problem = isCustom ? problemOf(custom) : undefined
  return {
    ...{ chosen, choose, custom, setDays, isCustom, problem },
    span: range?.span?.() ?? custom,
  }
}

function ReturnFigure({ value }: { value: Return | undefined }) {
  const change = <PercentChange percent={value?.percent} />
  if (value?.annualPercent == null) return change
  return (
    <Trans
      id="<0/> ({percent} a year)"
      values={{ percent: formatSignedPercent(value.annualPercent) }}
      components={{ 0: change }}
    />
  )
}

function daysOf({ from, to }: { from: string; to: string }): string {
  const [first, last] = [formatDay(from), formatDay(to)]
  return first === last ? first : i18n.t('{first} to {last}', { first, last })
}

function factsOf(found: Performance): readonly Fact[] {
  const { timeWeighted, moneyWeighted, benchmark, volatilityPercent, maxDrawdown } = found
  return [
    [i18n.t('Time-weighted return'), <ReturnFigure key="time" value={timeWeighted} />],
    [i18n.t('Money-weighted return'), <ReturnFigure key="money" value={moneyWeighted} />],
    [i18n.t('BTC in the same time'), <ReturnFigure key="benchmark" value={benchmark?.return} />],
    [
      i18n.t('Volatility'),
      volatilityPercent == null
        ? '–'
        : i18n.t('{percent} a year', { percent: formatPercent(volatilityPercent) }),
    ],
    [
      i18n.t('Deepest fall'),
      maxDrawdown
        ? i18n.t('{percent}, {days}', {
            percent: formatPercent(maxDrawdown.percent),
            days: daysOf(maxDrawdown),
          })
        : i18n.t('none'),
    ],
  ]
}

/** What the portfolio made of a dollar and of the money that was in it, beside Bitcoin, and how it moved. */
export function PerformancePanel() {
  const { chosen, choose, custom, setDays, isCustom, problem, span } = useSpan()
  const reading = useReading(PortfolioPerformanceDocument, span, {
    everyMs,
    pause: problem !== undefined,
  })
  const days = isCustom && <Days days={custom} problem={problem} onChange={setDays} />
  const range = (
    <SegmentedControl
      size="xs"
      aria-label={i18n.t('Range of the performance')}
      value={chosen}
      onChange={choose}
      data={ranges.map(({ value, label }) => ({ value, label }))}
    />
  )
  if (problem !== undefined) {
    return (
      <Panel title={i18n.t('Performance')} action={range}>
        {days}
      </Panel>
    )
  }
  return (
    <ReadingPanel
      title={i18n.t('Performance')}
      reading={reading}
      skeletonRows={5}
      height={{ base: 226, sm: 196 }}
      select={({ me }) => me?.portfolio.performance}
      action={range}
    >
      {(found) =>
        found.since == null ? (
          <>
            {days}
            <EmptyState icon={IconChartLine} title={i18n.t('No performance yet')}>
              {isCustom
                ? i18n.t('Nothing was there in this time.')
                : i18n.t('It begins with your first deposit.')}
            </EmptyState>
          </>
        ) : (
          <Stack gap={10}>
            {days}
            <Facts facts={factsOf(found)} />
            <Text size="xs" c="dimmed">
              {i18n.t(
                'Time-weighted is what a dollar gained that was there all the time. Money-weighted counts when you paid in and took out.',
              )}
            </Text>
          </Stack>
        )
      }
    </ReadingPanel>
  )
}
