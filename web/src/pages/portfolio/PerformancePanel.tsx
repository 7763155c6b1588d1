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
  { value: '30', label: '1M', span: (): Span => ({ from: firstDayOf(30) }) },
  { value: '90', label: '3M', span: (): Span => ({ from: firstDayOf(90) }) },
  {
    value: 'ytd',
    label: 'YTD',
    span: (): Span => ({ from: `${firstDayOf(0).slice(0, 4)}-01-01` }),
  },
  { value: '365', label: '1Y', span: (): Span => ({ from: firstDayOf(365) }) },
  { value: 'max', label: 'Max', span: (): Span => ({ from: firstDayOf(mostDays) }) },
  { value: 'custom', label: 'Custom', span: undefined },
] as const

/** Why a range of two days cannot be read; undefined when it can. */
function problemOf({ from, to }: Required<Span>): string | undefined {
  if (from === '' || to === '') return 'Enter both days.'
  if (to > firstDayOf(0)) return 'The last day is in the future.'
  if (from > to) return 'The first day is after the last one.'
  return from < firstDayOf(mostDays) ? 'The range may begin at most three years ago.' : undefined
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
        label="First day"
        {...bounds}
        value={days.from}
        error={problem}
        onChange={({ currentTarget: { value } }) => onChange({ ...days, from: value })}
      />
      <TextInput
        type="date"
        label="Last day"
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
  return (
    <>
      <PercentChange percent={value?.percent} />
      {value?.annualPercent != null && ` (${formatSignedPercent(value.annualPercent)} a year)`}
    </>
  )
}

function daysOf({ from, to }: { from: string; to: string }): string {
  const [first, last] = [formatDay(from), formatDay(to)]
  return first === last ? first : `${first} to ${last}`
}

function factsOf(found: Performance): readonly Fact[] {
  const { timeWeighted, moneyWeighted, benchmark, volatilityPercent, maxDrawdown } = found
  return [
    ['Time-weighted return', <ReturnFigure key="time" value={timeWeighted} />],
    ['Money-weighted return', <ReturnFigure key="money" value={moneyWeighted} />],
    ['BTC in the same time', <ReturnFigure key="benchmark" value={benchmark?.return} />],
    ['Volatility', volatilityPercent == null ? '–' : `${formatPercent(volatilityPercent)} a year`],
    [
      'Deepest fall',
      maxDrawdown ? `${formatPercent(maxDrawdown.percent)}, ${daysOf(maxDrawdown)}` : 'none',
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
      aria-label="Range of the performance"
      value={chosen}
      onChange={choose}
      data={ranges.map(({ value, label }) => ({ value, label }))}
    />
  )
  if (problem !== undefined) {
    return (
      <Panel title="Performance" action={range}>
        {days}
      </Panel>
    )
  }
  return (
    <ReadingPanel
      title="Performance"
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
            <EmptyState icon={IconChartLine} title="No performance yet">
              {isCustom ? 'Nothing was there in this time.' : 'It begins with your first deposit.'}
            </EmptyState>
          </>
        ) : (
          <Stack gap={10}>
            {days}
            <Facts facts={factsOf(found)} />
            <Text size="xs" c="dimmed">
              Time-weighted is what a dollar gained that was there all the time. Money-weighted
              counts when you paid in and took out.
            </Text>
          </Stack>
        )
      }
    </ReadingPanel>
  )
}
