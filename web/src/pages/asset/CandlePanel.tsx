import { SegmentedControl, Skeleton, Text } from '@mantine/core'
import { IconChartCandle } from '@tabler/icons-react'
import { Suspense, useMemo, useState } from 'react'
import { lazily } from '../../api/lazily.ts'
import { useLivePrice } from '../../api/live-prices.ts'
import { useReading } from '../../api/reading.ts'
import { useUsername } from '../../api/SessionProvider.tsx'
import { formatPrice } from '../../format/money.ts'
import {
  AssetCandlesDocument,
  AssetChartMarksDocument,
  type AssetCandlesQuery,
  type AssetFactsQuery,
  type CandleRange,
} from '../../generated/graphql.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'
import { carryOn, describeFills, describeLimits, marksOf, type Mine } from './chart-marks.ts'
import { useHiddenAmounts } from '../../ui/amounts.tsx'
import type { ChartMarks } from '../../ui/CandleChart.tsx'

type ChartLegendProps = {
  readonly assetId: string
  readonly words: string
  readonly marks: ChartMarks
  readonly open: Mine['open']
}

/** The meaning of the marks on the chart, as text. */
function ChartLegend({ assetId, words, marks, open }: ChartLegendProps) {
  const areHidden = useHiddenAmounts()
  const fills = describeFills(marks)
  const limits = describeLimits(open, assetId, areHidden)
  if (fills === undefined && limits.length === 0) return null
  return (
    <ul className="chart-legend" aria-label="My orders on the chart">
      {fills && (
        <Text component="li" size="sm">
          <span className="up" aria-hidden="true">
            ▲
          </span>{' '}
          <span className="down" aria-hidden="true">
            ▼
          </span>{' '}
          My fills over {words}: {fills}
        </Text>
      )}
      {limits.map(({ id, text }) => (
        <Text component="li" size="sm" key={id}>
          <span className="flat" aria-hidden="true">
            ┄┄
          </span>{' '}
          Open order: {text}
        </Text>
      ))}
    </ul>
  )
}

const CandleChart = lazily(async () => (await import('../../ui/CandleChart.tsx')).CandleChart)

const chartHeight = 380

const ranges = [
  { value: 'HOUR', label: '1H', words: 'the last hour', everyMs: 10_000 },
  { value: 'DAY', label: '1D', words: 'the last day', everyMs: 30_000 },
  { value: 'WEEK', label: '1W', words: 'the last week', everyMs: 60_000 },
  { value: 'MONTH', label: '1M', words: 'the last 30 days', everyMs: 300_000 },
  { value: 'YEAR', label: '1Y', words: 'the last year', everyMs: 600_000 },
] as const

type Candle = AssetCandlesQuery['asset']['candles'][number]

/** The chart as a sentence, for screen readers. */
function describe(name: string, words: string, candles: readonly Candle[]): string {
  const first = candles[0]
  const last = candles.at(-1)
  if (!first || !last) return `${name}: no prices`
  const by = (of: (candle: Candle) => string, pick: (...values: number[]) => number) =>
    formatPrice(pick(...candles.map((candle) => Number(of(candle)))).toFixed(12))
  const low = by((candle) => candle.low, Math.min)
  const high = by((candle) => candle.high, Math.max)
  return `${name} over ${words}: from ${formatPrice(first.open)} to ${formatPrice(last.close)}, lowest ${low}, highest ${high}`
}

const mineEveryMs = 30_000

/** The marks are optional: the chart is usable without them, so their failure is not shown here. */
function useMine(id: string): Mine {
  const isSignedIn = useUsername() !== ''
  const options = { pause: !isSignedIn, everyMs: mineEveryMs }
  const me = useReading(AssetChartMarksDocument, { id }, options).data?.me
  return useMemo(
    () => ({ fills: me?.portfolio.activity.nodes ?? [], open: me?.orders?.nodes ?? [] }),
    [me],
  )
}

type ChartedAsset = Pick<AssetFactsQuery['asset'], 'id' | 'name' | 'quote'>

type MarkedChartProps = {
  readonly asset: ChartedAsset
  readonly words: string
  readonly candles: readonly Candle[]
}

function MarkedChart({ asset, words, candles }: MarkedChartProps) {
  const { id, name, quote } = asset
  const mine = useMine(id)
  const now = useLivePrice(id, quote)
  const end = candles.at(-1)
  const last = useMemo(() => carryOn(end, now), [end, now])
  const shown = last ? [...candles.slice(0, -1), last] : candles
  const marks = useMemo(() => marksOf(mine, candles), [mine, candles])
  return (
    <>
      <Suspense fallback={<Skeleton height={chartHeight} />}>
        <CandleChart
          candles={candles}
          last={last}
          marks={marks}
          label={describe(name, words, shown)}
          height={chartHeight}
        />
      </Suspense>
      <ChartLegend assetId={id} words={words} marks={marks} open={mine.open} />
    </>
  )
}

export function CandlePanel({ asset }: { asset: ChartedAsset }) {
  const { id } = asset
  const [range, setRange] = useState<CandleRange>('DAY')
  const { words, everyMs } = ranges.find(({ value }) => value === range) ?? ranges[1]
  const reading = useReading(AssetCandlesDocument, { id, range }, { everyMs })
  return (
    <ReadingPanel
      title="Price"
      reading={reading}
      skeletonRows={12}
      select={(data) => data.asset.candles}
      action={
        <SegmentedControl
          size="xs"
          aria-label="Range"
          value={range}
          onChange={setRange}
          data={ranges.map(({ value, label }) => ({ value, label }))}
        />
      }
    >
      {(candles) =>
        candles.length > 0 ? (
          <MarkedChart asset={asset} words={words} candles={candles} />
        ) : (
          <EmptyState icon={IconChartCandle} title={`No prices for ${words}`} />
        )
      }
    </ReadingPanel>
  )
}
