import { Trans } from '@lingui/react'
import { Group, SegmentedControl, Skeleton, Stack, Text } from '@mantine/core'
import { IconChartLine } from '@tabler/icons-react'
import { Suspense, useState } from 'react'
import { lazily } from '../../api/lazily.ts'
import { useReading } from '../../api/reading.ts'
import { formatDateTime, formatDay, formatDayTime, formatTime } from '../../format/time.ts'
import { DashboardHistoryDocument, type HistoryRange } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { useHiddenAmounts } from '../../ui/amounts.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { Money, MoneyChange } from '../../ui/Money.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'
import { useValues } from '../../values/ValuesProvider.tsx'
import { dayTicks, describeEquity, type Equity, readEquity } from './equity.ts'

const EquityChart = lazily(async () => (await import('../../ui/EquityChart.tsx')).EquityChart)

const chartHeight = 240

const ranges = [
  {
    value: 'DAY',
    label: i18n.t('1D'),
    words: i18n.t('the last day'),
    everyMs: 60_000,
    formatAxis: formatTime,
  },
  {
    value: 'WEEK',
    label: i18n.t('1W'),
    words: i18n.t('the last week'),
    everyMs: 300_000,
    formatAxis: formatDay,
  },
  {
    value: 'MONTH',
    label: i18n.t('1M'),
    words: i18n.t('the last 30 days'),
    everyMs: 300_000,
    formatAxis: formatDay,
  },
  {
    value: 'YEAR',
    label: i18n.t('1Y'),
    words: i18n.t('the last year'),
    everyMs: 600_000,
    formatAxis: formatDay,
  },
] as const

type Range = (typeof ranges)[number]

function Summary({ equity: { first, last, paidIn, profit } }: { equity: Equity }) {
  return (
    <Group gap={24}>
      <Text size="sm" c="dimmed" component="span">
        <Trans
          id="From {first} to {last}"
          values={{ first: <Money value={first.total} />, last: <Money value={last.total} /> }}
        />
      </Text>
      <Text size="sm" c="dimmed" component="span">
        <Trans
          id="Paid in and gifts {amount}"
          values={{ amount: <MoneyChange value={paidIn} isNeutral /> }}
        />
      </Text>
      <Text size="sm" fw={550} component="span">
        <Trans id="Profit or loss {amount}" values={{ amount: <MoneyChange value={profit} /> }} />
      </Text>
    </Group>
  )
}

/** On an axis of less than this, days alone would repeat. */
const shortSpanMs = 2 * 86_400_000

/** The labels of the axis, and where they are if they are days. */
function axisOf({ formatAxis }: Range, { first, last }: Equity) {
  const [fromMs, toMs] = [Date.parse(first.at), Date.parse(last.at)]
  if (formatAxis !== formatDay) return { formatTime: formatAxis }
  return toMs - fromMs < shortSpanMs
    ? { formatTime: formatDayTime }
    : { formatTime: formatDay, ticks: dayTicks(fromMs, toMs) }
}

function EquityView({ equity, range }: { equity: Equity; range: Range }) {
  const areHidden = useHiddenAmounts()
  return (
    <Stack gap={10}>
      <Summary equity={equity} />
      <Suspense fallback={<Skeleton height={chartHeight} />}>
        <EquityChart
          points={equity.points}
          hasBase={equity.hasBase}
          label={describeEquity(equity, range.words, areHidden)}
          height={chartHeight}
          areHidden={areHidden}
          {...axisOf(range, equity)}
          formatMoment={formatDateTime}
        />
      </Suspense>
      {equity.isBaseSeen && (
        <Text size="xs" c="dimmed">
          {i18n.t(
            'The dashed line is what you had, paid in and were given: what lies above it is profit.',
          )}
        </Text>
      )}
    </Stack>
  )
}

/** The value of the portfolio over time, computed by the server from the journal, up to the displayed total. */
export function EquityPanel() {
  const { data: present } = useValues().reading
  const [chosen, setChosen] = useState<HistoryRange>('MONTH')
  const range = ranges.find(({ value }) => value === chosen) ?? ranges[2]
  const reading = useReading(
    DashboardHistoryDocument,
    { range: chosen },
    { everyMs: range.everyMs },
  )
  return (
    <ReadingPanel
      title={i18n.t('Value over time')}
      reading={reading}
      skeletonRows={8}
      height={{ base: 358, sm: 297 }}
      select={({ me }) => me?.portfolio.history}
      action={
        <SegmentedControl
          size="xs"
          aria-label={i18n.t('Range of the value')}
          value={chosen}
          onChange={setChosen}
          data={ranges.map(({ value, label }) => ({ value, label }))}
        />
      }
    >
      {(history) => {
        const equity = readEquity(history, present, range.value === 'DAY')
        return equity ? (
          <EquityView equity={equity} range={range} />
        ) : (
          <EmptyState icon={IconChartLine} title={i18n.t('No history yet')}>
            {i18n.t('The line begins with your first deposit.')}
          </EmptyState>
        )
      }}
    </ReadingPanel>
  )
}
