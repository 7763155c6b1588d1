import { Trans } from '@lingui/react'
import { SegmentedControl, Stack, Text } from '@mantine/core'
import { IconChartLine } from '@tabler/icons-react'
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
import { spans, useSpan } from '../../values/span.tsx'

type Performance = NonNullable<
  NonNullable<PortfolioPerformanceQuery['me']>['portfolio']['performance']
>
type Return = Performance['timeWeighted']

const everyMs = 300_000

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
  const { chosen, choose, isCustom, problem, span, fields } = useSpan()
  const reading = useReading(PortfolioPerformanceDocument, span, {
    everyMs,
    pause: problem !== undefined,
  })
  const range = (
    <SegmentedControl
      size="xs"
      aria-label={i18n.t('Range of the performance')}
      value={chosen}
      onChange={choose}
      data={spans.map(({ value, label }) => ({ value, label }))}
    />
  )
  if (problem !== undefined) {
    return (
      <Panel title={i18n.t('Performance')} action={range}>
        {fields}
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
            {fields}
            <EmptyState icon={IconChartLine} title={i18n.t('No performance yet')}>
              {isCustom
                ? i18n.t('Nothing was there in this time.')
                : i18n.t('It begins with your first deposit.')}
            </EmptyState>
          </>
        ) : (
          <Stack gap={10}>
            {fields}
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
