import { SegmentedControl, Skeleton } from '@mantine/core'
import { IconChartCandle } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { useReading } from '../../api/reading.ts'
import { formatPrice } from '../../format/money.ts'
import {
  AssetCandlesDocument,
  type AssetCandlesQuery,
  type CandleRange,
} from '../../generated/graphql.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'

const CandleChart = lazy(async () => ({
  default: (await import('../../ui/CandleChart.tsx')).CandleChart,
}))

const chartHeight = 380

const ranges = [
  { value: 'HOUR', label: '1H', words: 'the last hour', everyMs: 10_000 },
  { value: 'DAY', label: '1D', words: 'the last day', everyMs: 30_000 },
  { value: 'WEEK', label: '1W', words: 'the last week', everyMs: 60_000 },
  { value: 'MONTH', label: '1M', words: 'the last 30 days', everyMs: 300_000 },
  { value: 'YEAR', label: '1Y', words: 'the last year', everyMs: 600_000 },
] as const

type Candle = AssetCandlesQuery['asset']['candles'][number]

/** The chart in a sentence, for who cannot see it. */
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

export function CandlePanel({ id, name }: { id: string; name: string }) {
  const [range, setRange] = useState<CandleRange>('DAY')
  const { words, everyMs } = ranges.find(({ value }) => value === range) ?? ranges[1]
  const reading = useReading(AssetCandlesDocument, { id, range }, { everyMs })
  return (
    <ReadingPanel
      title="Price"
      reading={reading}
      skeletonRows={12}
      select={({ asset }) => asset.candles}
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
          <Suspense fallback={<Skeleton height={chartHeight} />}>
            <CandleChart
              candles={candles}
              label={describe(name, words, candles)}
              height={chartHeight}
            />
          </Suspense>
        ) : (
          <EmptyState icon={IconChartCandle} title={`No prices for ${words}`} />
        )
      }
    </ReadingPanel>
  )
}
