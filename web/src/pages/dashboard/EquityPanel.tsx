import { Trans } from '@lingui/react'
import { Group, SegmentedControl, Skeleton, Stack, Text } from '@mantine/core'
import { IconChartLine } from '@tabler/icons-react'
import { Suspense, useMemo } from 'react'
import { lazily } from '../../api/lazily.ts'
import { useReading } from '../../api/reading.ts'
import {
  formatDate,
  formatDateTime,
  formatDay,
  formatDayTime,
  formatTime,
} from '../../format/time.ts'
import { DashboardHistoryDocument } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { useHiddenAmounts } from '../../ui/amounts.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { Money, MoneyChange } from '../../ui/Money.tsx'
import { Panel, ReadingPanel } from '../../ui/Panel.tsx'
import { firstDayOf } from '../../values/days.ts'
import { type Days, type Span, spans, useSpan } from '../../values/span.tsx'
import { useValues } from '../../values/ValuesProvider.tsx'
import { cutHistory, dayTicks, describeEquity, type Equity, readEquity } from './equity.ts'

const EquityChart = lazily(async () => (await import('../../ui/EquityChart.tsx')).EquityChart)

const chartHeight = 240

/** How far back each history goes, and how often it is read. */
const histories = [
  { range: 'DAY', days: 1, everyMs: 60_000 },
  { range: 'WEEK', days: 7, everyMs: 300_000 },
  { range: 'MONTH', days: 30, everyMs: 300_000 },
  { range: 'YEAR', days: 365, everyMs: 600_000 },
  { range: 'MAX', days: 1_095, everyMs: 600_000 },
] as const

type Shown = {
  readonly history: (typeof histories)[number]
  readonly words: string
  /** The days of the history that are shown; all of it where there are none. */
  readonly days?: Days
}

/** The ranges that are a history of their own. */
const whole: Readonly<Record<string, Shown>> = {
  day: { history: histories[0], words: i18n.t('the last day') },
  week: { history: histories[1], words: i18n.t('the last week') },
  '30': { history: histories[2], words: i18n.t('the last 30 days') },
  '365': { history: histories[3], words: i18n.t('the last year') },
  max: { history: histories[4], words: i18n.t('the last three years') },
}

const choices = [
  { value: 'day', label: i18n.t('1D') },
  { value: 'week', label: i18n.t('1W') },
  ...spans.map(({ value, label }) => ({ value, label })),
]

/** A time without a zone is the reader's, so that the day stays the same. */
const dateOf = (day: string): string => formatDate(`${day}T12:00:00`)

/** The days are cut out of the closest history that goes back so far. A custom range is called by its days. */
function shownOf(chosen: string, { from, to = firstDayOf(0) }: Span): Shown {
  const known = whole[chosen]
  if (known) return known
  const history = histories.find(({ days }) => firstDayOf(days) < from) ?? histories[4]
  const days = { from, to }
  if (chosen === '90') return { history, days, words: i18n.t('the last 90 days') }
  if (chosen === 'ytd') return { history, days, words: i18n.t('the year so far') }
  return {
    history,
    days,
    words: i18n.t('{first} to {last}', { first: dateOf(from), last: dateOf(to) }),
  }
}

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

/** On an axis of less than this, days alone would repeat; on one of more than that, without their years. */
const shortSpanMs = 2 * 86_400_000
const longSpanMs = 400 * 86_400_000

/** The labels of the axis, and where they are if they are days. */
function axisOf(range: Shown['history']['range'], from: string, to: string) {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)]
  if (range === 'DAY') return { formatTime }
  if (toMs - fromMs < shortSpanMs) return { formatTime: formatDayTime }
  return {
    formatTime: toMs - fromMs > longSpanMs ? formatDate : formatDay,
    ticks: dayTicks(fromMs, toMs),
  }
}

function EquityView({ equity, shown }: { equity: Equity; shown: Shown }) {
  const areHidden = useHiddenAmounts()
  const { range } = shown.history
  const [from, to] = [equity.first.at, equity.last.at]
  const axis = useMemo(() => axisOf(range, from, to), [range, from, to])
  return (
    <Stack gap={10}>
      <Summary equity={equity} />
      <Suspense fallback={<Skeleton height={chartHeight} />}>
        <EquityChart
          points={equity.points}
          hasBase={equity.hasBase}
          label={describeEquity(equity, shown.words, areHidden)}
          height={chartHeight}
          areHidden={areHidden}
          {...axis}
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
  const { chosen, choose, isCustom, problem, span, fields } = useSpan()
  // Days that are not entered yet cannot be told.
  const shown = shownOf(chosen, problem === undefined ? span : { from: firstDayOf(30) })
  const { range, everyMs } = shown.history
  const reading = useReading(
    DashboardHistoryDocument,
    { range },
    { everyMs, pause: problem !== undefined },
  )
  const panel = {
    title: i18n.t('Value over time'),
    className: 'wrapped-head',
    action: (
      <SegmentedControl
        size="xs"
        aria-label={i18n.t('Range of the value')}
        value={chosen}
        onChange={choose}
        data={choices}
      />
    ),
  }
  if (problem !== undefined) return <Panel {...panel}>{fields}</Panel>
  return (
    <ReadingPanel
      {...panel}
      reading={reading}
      skeletonRows={8}
      height={{ base: 358, sm: 297 }}
      select={({ me }) => me?.portfolio.history}
    >
      {(history) => {
        const { days } = shown
        const points = days ? cutHistory(history, days) : history
        const isUntilNow = !days || days.to >= firstDayOf(0)
        const equity = readEquity(points, isUntilNow ? present : undefined, chosen === 'day')
        return (
          <Stack gap={10}>
            {fields}
            {equity ? (
              <EquityView equity={equity} shown={shown} />
            ) : (
              <EmptyState icon={IconChartLine} title={i18n.t('No history yet')}>
                {isCustom
                  ? i18n.t('Nothing was there in this time.')
                  : i18n.t('The line begins with your first deposit.')}
              </EmptyState>
            )}
          </Stack>
        )
      }}
    </ReadingPanel>
  )
}
