import { SegmentedControl, Stack, Text } from '@mantine/core'
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
import { ReadingPanel } from '../../ui/Panel.tsx'

type Performance = NonNullable<
  NonNullable<PortfolioPerformanceQuery['me']>['portfolio']['performance']
>
type Return = Performance['timeWeighted']

const everyMs = 300_000
const dayMs = 86_400_000

const ranges = [
  { value: '30', label: '1M' },
  { value: '90', label: '3M' },
  { value: '365', label: '1Y' },
] as const

/** The first UTC day of a range of so many days that ends today. */
const firstDay = (days: number): string =>
  new Date(Date.now() - days * dayMs).toISOString().slice(0, 10)

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
  const [days, setDays] = useState<string>('30')
  const reading = useReading(
    PortfolioPerformanceDocument,
    { from: firstDay(Number(days)) },
    { everyMs },
  )
  return (
    <ReadingPanel
      title="Performance"
      reading={reading}
      skeletonRows={5}
      height={{ base: 226, sm: 196 }}
      select={({ me }) => me?.portfolio.performance}
      action={
        <SegmentedControl
          size="xs"
          aria-label="Range of the performance"
          value={days}
          onChange={setDays}
          data={[...ranges]}
        />
      }
    >
      {(found) =>
        found.since == null ? (
          <EmptyState icon={IconChartLine} title="No performance yet">
            It begins with your first deposit.
          </EmptyState>
        ) : (
          <Stack gap={10}>
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
