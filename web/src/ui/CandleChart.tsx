import { Anchor, Text, useComputedColorScheme } from '@mantine/core'
import {
  CandlestickSeries,
  createChart,
  createSeriesMarkers,
  HistogramSeries,
  type ISeriesApi,
  LineStyle,
  type UTCTimestamp,
} from 'lightweight-charts'
import { useEffect, useRef } from 'react'
import { formatPrice } from '../format/money.ts'

type ShownCandle = {
  readonly startsAt: string
  readonly open: string
  readonly high: string
  readonly low: string
  readonly close: string
  readonly volume: string
}

type Side = 'BUY' | 'SELL'

/** Marks over the candles: trades at their candles, and lines at the prices of open orders. */
export type ChartMarks = {
  readonly fills: readonly {
    readonly startsAt: string
    readonly side: Side
    readonly count: number
  }[]
  readonly limits: readonly {
    readonly id: string
    readonly side: Side
    readonly price: string
    readonly title: string
  }[]
}

type CandleChartProps = {
  readonly candles: readonly ShownCandle[]
  /** The current last candle. It moves with the market between two reads. */
  readonly last: ShownCandle | undefined
  readonly marks: ChartMarks
  readonly label: string
  readonly height?: number
}

const looks = {
  light: { text: '#566073', line: '#e9edf5', up: '#0f9c63', down: '#d92f40' },
  dark: { text: '#9aa5ba', line: '#1b2433', up: '#2fc98a', down: '#f0606e' },
} as const

type Look = (typeof looks)['light' | 'dark']

const timeOf = ({ startsAt }: Pick<ShownCandle, 'startsAt'>): UTCTimestamp =>
  Math.floor(Date.parse(startsAt) / 1000) as UTCTimestamp

/** Enough decimals for four significant digits of the smallest price. */
function minMoveOf(candles: readonly ShownCandle[]): number {
  const lowest = Math.min(...candles.map(({ low }) => Number(low)))
  return 10 ** -Math.min(12, Math.max(2, 3 - Math.floor(Math.log10(lowest || 1))))
}

function openChart(box: HTMLElement, look: Look) {
  return createChart(box, {
    autoSize: true,
    layout: {
      background: { color: 'transparent' },
      textColor: look.text,
      attributionLogo: false,
      fontFamily: 'inherit',
    },
    grid: { vertLines: { color: look.line }, horzLines: { color: look.line } },
    rightPriceScale: { borderVisible: false },
    timeScale: { borderVisible: false, timeVisible: true, secondsVisible: false },
    localization: { priceFormatter: (price: number) => formatPrice(price.toFixed(12)) },
  })
}

type Chart = ReturnType<typeof openChart>

function drawPrices(chart: Chart, candles: readonly ShownCandle[], look: Look) {
  const prices = chart.addSeries(CandlestickSeries, {
    upColor: look.up,
    downColor: look.down,
    borderVisible: false,
    wickUpColor: look.up,
    wickDownColor: look.down,
    priceFormat: { type: 'price', minMove: minMoveOf(candles) },
  })
  prices.priceScale().applyOptions({ scaleMargins: { top: 0.08, bottom: 0.24 } })
  prices.setData(candles.map(toBar))
  return prices
}

const toBar = (candle: ShownCandle) => ({
  time: timeOf(candle),
  open: Number(candle.open),
  high: Number(candle.high),
  low: Number(candle.low),
  close: Number(candle.close),
})

function drawVolumes(chart: Chart, candles: readonly ShownCandle[], look: Look): void {
  const volumes = chart.addSeries(HistogramSeries, {
    priceScaleId: '',
    priceFormat: { type: 'volume' },
    lastValueVisible: false,
    priceLineVisible: false,
  })
  volumes.priceScale().applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } })
  volumes.setData(
    candles.map((candle) => ({
      time: timeOf(candle),
      value: Number(candle.volume),
      color: `${Number(candle.close) >= Number(candle.open) ? look.up : look.down}59`,
    })),
  )
}

/** Buys point up from below their candle, sales down from above it. */
function drawMarks(prices: ISeriesApi<'Candlestick'>, marks: ChartMarks, look: Look): void {
  createSeriesMarkers(
    prices,
    marks.fills.map((fill) => {
      const isBuy = fill.side === 'BUY'
      return {
        time: timeOf(fill),
        position: isBuy ? ('belowBar' as const) : ('aboveBar' as const),
        shape: isBuy ? ('arrowUp' as const) : ('arrowDown' as const),
        color: isBuy ? look.up : look.down,
        text: fill.count > 1 ? `${isBuy ? 'B' : 'S'} ×${fill.count}` : isBuy ? 'B' : 'S',
      }
    }),
  )
  for (const { side, price, title } of marks.limits) {
    prices.createPriceLine({
      price: Number(price),
      color: side === 'BUY' ? look.up : look.down,
      lineWidth: 1,
      lineStyle: LineStyle.Dashed,
      axisLabelVisible: true,
      title,
    })
  }
}

type Drawing = Pick<CandleChartProps, 'candles' | 'marks'> & { readonly scheme: 'light' | 'dark' }

function drawChart(box: HTMLElement, { candles, marks, scheme }: Drawing) {
  const look = looks[scheme]
  const chart = openChart(box, look)
  const prices = drawPrices(chart, candles, look)
  drawMarks(prices, marks, look)
  drawVolumes(chart, candles, look)
  chart.timeScale().fitContent()
  return { prices, remove: () => chart.remove() }
}

/** Prices as candles with volume below. The canvas has a text description. */
export function CandleChart({ candles, last, marks, label, height = 380 }: CandleChartProps) {
  const box = useRef<HTMLDivElement>(null)
  const series = useRef<ISeriesApi<'Candlestick'>>(null)
  const scheme = useComputedColorScheme('light')
  useEffect(() => {
    if (!box.current) return undefined
    const { prices, remove } = drawChart(box.current, { candles, marks, scheme })
    series.current = prices
    return remove
  }, [candles, marks, scheme])
  useEffect(() => {
    if (last) series.current?.update(toBar(last))
  }, [last, candles, marks, scheme])
  return (
    <>
      <div ref={box} role="img" aria-label={label} style={{ height }} />
      <Text size="xs" c="dimmed" ta="right" mt={4}>
        Chart by{' '}
        <Anchor
          href="https://www.tradingview.com/"
          rel="noopener noreferrer"
          target="_blank"
          underline="always"
          c="dimmed"
        >
          TradingView
        </Anchor>
      </Text>
    </>
  )
}
