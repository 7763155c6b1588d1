import { SegmentedControl, Skeleton, Text } from '@mantine/core'
import { useFullscreenElement } from '@mantine/hooks'
import { IconChartCandle } from '@tabler/icons-react'
import { Suspense, useMemo, useState } from 'react'
import { nameOf } from '../api/asset-names.ts'
import { lazily } from '../api/lazily.ts'
import { useLivePrice, useLivePrices } from '../api/live-prices.ts'
import { formatPrice } from '../format/money.ts'
import { i18n } from '../i18n.ts'
import { useHiddenAmounts } from '../ui/amounts.tsx'
import { download } from '../ui/download.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { FailureNotice, QuietFailure } from '../ui/FailureNotice.tsx'
import { notifyFailure } from '../ui/notify.ts'
import { Panel } from '../ui/Panel.tsx'
import { type Candle, intervalOf, rangeOf, ranges, withRange } from './candles.ts'
import { ChartToolbar } from './ChartToolbar.tsx'
import type { PriceChart } from './draw.ts'
import {
  type ChartMarks,
  describeAlert,
  describeFills,
  describeOrders,
  marksOf,
  type Mine,
} from './marks.ts'
import { useMoving } from './moving.ts'
import { takePicture } from './picture.ts'
import { type ChartSettings, useChartSettings } from './settings.ts'
import { zoneName, zoneWords } from './time.ts'
import {
  type ChartedAsset,
  type Loaded,
  useCandles,
  useCompared,
  useLoaded,
  useMine,
} from './use-chart.ts'

const CandleChart = lazily(async () => (await import('./CandleChart.tsx')).CandleChart)
const MoveDialog = lazily(async () => (await import('./MoveDialog.tsx')).MoveDialog)

type ChartLegendProps = {
  readonly assetId: string
  readonly words: string
  readonly marks: ChartMarks
  readonly mine: Mine
}

/** The meaning of the marks on the chart, as text. */
function ChartLegend({ assetId, words, marks, mine }: ChartLegendProps) {
  const areHidden = useHiddenAmounts()
  const fills = describeFills(marks)
  const orders = describeOrders(mine.open, assetId, areHidden)
  if (fills === undefined && orders.length + mine.alerts.length === 0) return null
  return (
    <ul className="chart-legend" aria-label={i18n.t('My orders on the chart')}>
      {fills && (
        <Text component="li" size="sm">
          <span className="up" aria-hidden="true">
            ▲
          </span>{' '}
          <span className="down" aria-hidden="true">
            ▼
          </span>{' '}
          {i18n.t('My fills over {span}: {fills}', { span: words, fills })}
        </Text>
      )}
      {[
        ...orders.map(({ id, text }) => ({
          id,
          text: i18n.t('Open order: {order}', { order: text }),
        })),
        ...mine.alerts.map((alert) => ({
          id: alert.id,
          text: i18n.t('Alert: {alert}', { alert: describeAlert(alert) }),
        })),
      ].map(({ id, text }) => (
        <Text component="li" size="sm" key={id}>
          <span className="flat" aria-hidden="true">
            ┄┄
          </span>{' '}
          {text}
        </Text>
      ))}
    </ul>
  )
}

/** The chart as a sentence, for screen readers. */
function describe(name: string, words: string, candles: readonly Candle[]): string {
  const first = candles[0]
  const last = candles.at(-1)
  if (!first || !last) return i18n.t('{name}: no prices', { name })
  const by = (of: (candle: Candle) => string, pick: (...values: number[]) => number) =>
    formatPrice(pick(...candles.map((candle) => Number(of(candle)))).toFixed(12))
  return i18n.t('{name} over {span}: from {from} to {to}, lowest {low}, highest {high}', {
    name,
    span: words,
    from: formatPrice(first.open),
    to: formatPrice(last.close),
    low: by((candle) => candle.low, Math.min),
    high: by((candle) => candle.high, Math.max),
  })
}

type MarkedChartProps = {
  readonly asset: ChartedAsset
  readonly loaded: Loaded
  readonly otherId: string | null
  readonly settings: ChartSettings
  readonly retry: () => void
  readonly onChart: (chart: PriceChart | undefined) => void
}

function MarkedChart({ asset, loaded, otherId, settings, retry, onChart }: MarkedChartProps) {
  const { id, name, quote } = asset
  const { range, interval } = loaded
  const { words } = rangeOf(range)
  const mine = useMine(id)
  const now = useLivePrice(id, quote)
  const { read, shown } = useCandles(loaded, now, retry)
  const compared = useCompared(otherId, loaded)
  const fixed = useMemo(() => marksOf(mine, read), [mine, read])
  const moving = useMoving(mine, fixed)
  const { marks, dropped, onReset } = moving
  const drawn = useMemo(
    () => ({ key: `${range} ${interval}`, interval, candles: shown }),
    [range, interval, shown],
  )
  if (shown.length === 0) {
    return (
      <EmptyState icon={IconChartCandle} title={i18n.t('No prices for {span}', { span: words })} />
    )
  }
  return (
    <>
      <Suspense fallback={<Skeleton className="price-chart-room" />}>
        <CandleChart
          drawn={drawn}
          marks={marks}
          moving={moving}
          compared={compared}
          settings={settings}
          label={describe(name, words, shown)}
          onChart={onChart}
        />
      </Suspense>
      {dropped && (
        <Suspense>
          <MoveDialog
            key={`${dropped.line.id} ${dropped.price}`}
            {...dropped}
            assetId={id}
            marketPrice={now?.price}
            onClose={onReset}
          />
        </Suspense>
      )}
      <ChartLegend assetId={id} words={words} marks={marks} mine={mine} />
    </>
  )
}

const pictureFailure = {
  code: 'NO_PICTURE',
  sentence: i18n.t('This browser could not make a picture.'),
}

async function savePicture(chart: PriceChart, id: string, shown: ChartSettings): Promise<void> {
  const { label, words } = rangeOf(shown.range)
  const title = i18n.t('{asset} over {span}, candles of {interval}. {zone}.', {
    asset: id,
    span: words,
    interval: intervalOf(shown.interval).label,
    zone: zoneWords(zoneName(shown.zone), shown.interval),
  })
  const picture = await takePicture(chart, title)
  if (picture) download(`${id} ${label} ${shown.interval}.png`, picture)
  else notifyFailure(pictureFailure)
}

type ScreenProps = Omit<MarkedChartProps, 'loaded' | 'retry'> & {
  readonly chart: ReturnType<typeof useLoaded>
}

/** What stands below the controls: the chart, or why there is none. */
function ChartScreen({ chart: { reading, loaded }, ...marked }: ScreenProps) {
  const { failure, retry, data } = reading
  return (
    <>
      {failure && !data && <FailureNotice failure={failure} onRetry={retry} />}
      {!loaded && !failure && <Skeleton className="price-chart-room" />}
      {loaded && <MarkedChart {...marked} loaded={loaded} retry={retry} />}
      {failure && data && <QuietFailure failure={failure} onRetry={retry} />}
    </>
  )
}

type ChartPanelProps = {
  readonly asset: ChartedAsset
  /** Without a line for the title, for a panel that has little height. */
  readonly isBare?: boolean
}

/** The chart of an asset's price with its controls. One chart lives as long as the panel. */
export function ChartPanel({ asset, isBare = false }: ChartPanelProps) {
  const { id } = asset
  const [settings, change] = useChartSettings()
  const [otherId, setOtherId] = useState<string | null>(null)
  const [chart, setChart] = useState<PriceChart>()
  const { ref, toggle, fullscreen } = useFullscreenElement<HTMLDivElement>()
  useLivePrices(otherId === null ? [id] : [id, otherId])
  const loading = useLoaded(id, settings)
  const { loaded } = loading
  const isInTools = fullscreen || isBare
  const range = (
    <SegmentedControl
      size="xs"
      aria-label={i18n.t('Range')}
      value={settings.range}
      onChange={(next) => change(withRange(settings, next))}
      data={ranges.map(({ value, label }) => ({ value, label }))}
    />
  )
  return (
    <Panel
      title={i18n.t('Price')}
      className={isBare ? 'bare-panel' : ''}
      action={isInTools ? undefined : range}
    >
      <div ref={ref} className="chart-screen" aria-busy={!loaded || undefined}>
        <ChartToolbar
          lead={
            <>
              {fullscreen && <Text fw={620}>{nameOf(asset)}</Text>}
              {isInTools && range}
            </>
          }
          settings={settings}
          onChange={change}
          assetId={id}
          otherId={otherId}
          onCompare={setOtherId}
          isReady={chart !== undefined}
          isFull={fullscreen}
          onFull={document.fullscreenEnabled ? () => void toggle() : null}
          onFit={() => chart?.chart.timeScale().fitContent()}
          onPicture={() =>
            chart && loaded && void savePicture(chart, id, { ...settings, ...loaded })
          }
        />
        <ChartScreen
          chart={loading}
          asset={asset}
          otherId={otherId}
          settings={settings}
          onChart={setChart}
        />
      </div>
    </Panel>
  )
}
