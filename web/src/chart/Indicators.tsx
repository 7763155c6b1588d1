import { HistogramSeries, type ISeriesApi, LineSeries, PriceScaleMode } from 'lightweight-charts'
import { useEffect, useState } from 'react'
import { formatPrice } from '../format/money.ts'
import type { Candle } from './candles.ts'
import { type PriceChart, timeOf } from './draw.ts'
import type { Indicators as Settings } from './indicator-kinds.ts'
import { computeLines, type IndicatorLine } from './indicator-lines.ts'

const formatValue = (value: number, { pane }: IndicatorLine): string =>
  pane === 'RSI' ? value.toFixed(1) : formatPrice(value.toFixed(12))

/** Where an index of strength says that much was bought or sold. */
const strengths = [30, 70]

/** Draws one line in its pane. A pane that is not there yet opens below the others. */
function openSeries({ chart, look }: PriceChart, line: IndicatorLine, pane: number) {
  const { colour, shape } = line
  const options = {
    color: look()[colour],
    lastValueVisible: false,
    priceLineVisible: false,
    crosshairMarkerVisible: false,
    priceFormat: {
      type: 'custom' as const,
      minMove: 1e-12,
      formatter: (value: number) => formatValue(value, line),
    },
  }
  const series =
    shape === 'BARS'
      ? chart.addSeries(HistogramSeries, options, pane)
      : chart.addSeries(LineSeries, { ...options, lineWidth: 1 }, pane)
  // A new pane begins with the scale of the prices, which may be logarithmic or in per cent.
  if (pane > 0) series.priceScale().applyOptions({ mode: PriceScaleMode.Normal })
  if (line.pane !== 'RSI') return series
  series.applyOptions({
    autoscaleInfoProvider: () => ({ priceRange: { minValue: 0, maxValue: 100 } }),
  })
  for (const price of strengths) {
    series.createPriceLine({ price, color: look().text, axisLabelVisible: false, lineWidth: 1 })
  }
  return series
}

type Drawn = { readonly line: IndicatorLine; readonly series: ISeriesApi<'Line' | 'Histogram'> }

/** Draws indicators over and below the candles, again whenever those change. */
function drawIndicators(
  chart: PriceChart,
  settings: Settings,
  onLines: (lines: readonly IndicatorLine[]) => void,
) {
  const panes = new Map([['PRICE', 0]])
  let drawn: readonly Drawn[] = []
  const paneOf = ({ pane }: IndicatorLine): number => {
    const place = panes.get(pane) ?? chart.chart.panes().length
    panes.set(pane, place)
    return place
  }
  const draw = () => {
    const candles = chart.candles()
    const lines = computeLines(
      candles.map(({ close }) => Number(close)),
      settings,
    )
    if (drawn.length === 0) {
      drawn = lines.map((line) => ({ line, series: openSeries(chart, line, paneOf(line)) }))
      chart.sharePanes()
    }
    for (const [place, { line, series }] of drawn.entries()) {
      const values = lines[place]?.values ?? []
      series.applyOptions({ color: chart.look()[line.colour] })
      series.setData(
        candles.map((candle, index) => {
          const value = values[index] ?? null
          return value === null ? { time: timeOf(candle) } : { time: timeOf(candle), value }
        }),
      )
    }
    onLines(lines)
  }
  const stop = chart.onDrawn(draw)
  draw()
  return () => {
    stop()
    if (chart.isGone()) return
    for (const { series } of drawn) chart.chart.removeSeries(series)
    chart.sharePanes()
  }
}

function LineValue({ line, place }: { line: IndicatorLine; place: number }) {
  const value = line.values[place] ?? null
  return (
    <span className="numeric chart-value" title={line.part}>
      <span
        className="chart-swatch"
        style={{ background: `var(--mantine-color-${line.colour}-6)` }}
        aria-hidden="true"
      />
      {line.part !== '' && <span className="visually-hidden">{line.part} </span>}
      {value === null ? '–' : formatValue(value, line)}
    </span>
  )
}

type IndicatorsProps = {
  readonly chart: PriceChart
  readonly settings: Settings
  /** The candle under the crosshair, or the last one. */
  readonly candle: Candle | undefined
}

/** The indicators of a chart, and what they are at a candle. */
export function Indicators({ chart, settings, candle }: IndicatorsProps) {
  const [lines, setLines] = useState<readonly IndicatorLine[]>([])
  useEffect(() => drawIndicators(chart, settings, setLines), [chart, settings])
  const place = chart.candles().findIndex(({ startsAt }) => startsAt === candle?.startsAt)
  const names = [...new Set(lines.map(({ name }) => name))]
  return names.map((name) => (
    <span key={name}>
      <span className="flat">{name}</span>{' '}
      {lines
        .filter((line) => line.name === name)
        .map((line) => (
          <LineValue key={line.part} line={line} place={place} />
        ))}
    </span>
  ))
}
