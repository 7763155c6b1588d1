import {
  CandlestickSeries,
  type ChartOptions,
  createChart,
  type DeepPartial,
  HistogramSeries,
  type IChartApi,
  type IPriceLine,
  LineSeries,
  LineStyle,
  PriceScaleMode,
  TickMarkType,
  type UTCTimestamp,
} from 'lightweight-charts'
import { formatCompactMoney, formatPrice } from '../format/money.ts'
import { append, type Candle, type Interval } from './candles.ts'
import { createFillMarks } from './fill-marks.ts'
import { type Look, readLook } from './look.ts'
import type { ChartMarks } from './marks.ts'
import type { Detail, TimeFormat } from './time.ts'

export const timeOf = ({ startsAt }: Pick<Candle, 'startsAt'>): UTCTimestamp =>
  Math.floor(Date.parse(startsAt) / 1000) as UTCTimestamp

const formatter = (price: number): string => formatPrice(price.toFixed(12))

/** Enough decimals for four significant digits of the smallest price. */
function minMoveOf(candles: readonly Candle[]): number {
  const lowest = Math.min(...candles.map(({ low }) => Number(low)))
  return 10 ** -Math.min(12, Math.max(2, 3 - Math.floor(Math.log10(lowest || 1))))
}

const details: Readonly<Record<TickMarkType, Detail>> = {
  [TickMarkType.Year]: 'year',
  [TickMarkType.Month]: 'month',
  [TickMarkType.DayOfMonth]: 'day',
  [TickMarkType.Time]: 'time',
  [TickMarkType.TimeWithSeconds]: 'time',
}

const lookOptions = (look: Look): DeepPartial<ChartOptions> => ({
  layout: {
    background: { color: 'transparent' },
    textColor: look.text,
    attributionLogo: false,
    fontFamily: look.font,
    panes: { separatorColor: look.line, separatorHoverColor: look.line },
  },
  grid: { vertLines: { color: look.line }, horzLines: { color: look.line } },
})

const openChart = (box: HTMLElement, look: Look) =>
  createChart(box, {
    ...lookOptions(look),
    autoSize: true,
    // No label is cut at the edge of a pane.
    rightPriceScale: { borderVisible: false, entireTextOnly: true },
    timeScale: {
      borderVisible: false,
      timeVisible: true,
      secondsVisible: false,
      tickMarkMaxCharacterLength: 12,
      // There is nothing beyond the candles, and a label at an edge that can be moved is cut.
      fixLeftEdge: true,
      fixRightEdge: true,
      lockVisibleTimeRangeOnResize: true,
    },
    // A finger that moves up or down scrolls the page.
    handleScroll: { vertTouchDrag: false },
  })

const formatOf = (candles: readonly Candle[]) => ({
  type: 'custom' as const,
  formatter,
  minMove: minMoveOf(candles),
})

const volumeFormat = {
  type: 'custom' as const,
  minMove: 0.01,
  formatter: (volume: number) => formatCompactMoney(volume.toFixed(2)),
}

const candleLook = (look: Look) => ({
  upColor: look.up,
  downColor: look.down,
  wickUpColor: look.up,
  wickDownColor: look.down,
})

const toBar = (candle: Candle) => ({
  time: timeOf(candle),
  open: Number(candle.open),
  high: Number(candle.high),
  low: Number(candle.low),
  close: Number(candle.close),
})

/** A volume that is not known is no bar. */
function toVolume(candle: Candle, look: Look) {
  const { open, close, volume } = candle
  const time = timeOf(candle)
  const colour = Number(close) >= Number(open) ? look.up : look.down
  return volume === null ? { time } : { time, value: Number(volume), color: `${colour}80` }
}

const lineColours = { BUY: 'up', SELL: 'down', ALERT: 'warn', COST: 'accent' } as const

const modes = {
  NORMAL: PriceScaleMode.Normal,
  LOG: PriceScaleMode.Logarithmic,
  PERCENT: PriceScaleMode.Percentage,
} as const

/** Candles of one stretch of time. With the same key, newer ones follow those that are drawn. */
export type Drawn = {
  readonly key: string
  readonly interval: Interval
  readonly candles: readonly Candle[]
}

export type Compared = { readonly id: string; readonly candles: readonly Candle[] } | undefined

/** Whether only the last candle differs, or one follows: then nothing else has to be drawn again. */
function isTick(before: readonly Candle[], next: readonly Candle[]): boolean {
  const grown = next.length - before.length
  if (before.length === 0 || grown < 0 || grown > 1) return false
  return before.slice(0, -1).every((candle, place) => candle === next[place])
}

/** A new candle moves nothing for a user who has gone back from the last of `count` candles. */
function keepSight(chart: IChartApi, count: number, draw: () => void): void {
  const sight = chart.timeScale().getVisibleLogicalRange()
  draw()
  if (sight && sight.to < count - 1) chart.timeScale().setVisibleLogicalRange(sight)
}

/** The prices take four times the height of every other pane. */
const sharePanes = (chart: IChartApi): void =>
  chart.panes().forEach((pane, place) => pane.setStretchFactor(place === 0 ? 4 : 1))

/** Draws with the names of the lines, which are no part of the drawing otherwise. */
function namedWhile<Result>(
  lines: readonly IPriceLine[],
  marks: ChartMarks,
  draw: () => Result,
): Result {
  lines.forEach((line, place) => line.applyOptions({ title: marks.lines[place]?.title ?? '' }))
  const result = draw()
  lines.forEach((line) => line.applyOptions({ title: '' }))
  return result
}

/** A chart for the life of its page. Everything in it is changed in place. */
export function openPriceChart(box: HTMLElement) {
  let look = readLook(box)
  let drawn: Drawn = { key: '', interval: '1m', candles: [] }
  let marks: ChartMarks = { fills: [], lines: [] }
  let lines: readonly IPriceLine[] = []
  let isGone = false
  const listeners = new Set<() => void>()
  const tell = () => listeners.forEach((listener) => listener())

  const chart = openChart(box, look)
  const prices = chart.addSeries(CandlestickSeries, { ...candleLook(look), borderVisible: false })
  const volumes = chart.addSeries(
    HistogramSeries,
    { priceFormat: volumeFormat, lastValueVisible: false, priceLineVisible: false },
    1,
  )
  const compared = chart.addSeries(LineSeries, {
    lineWidth: 2,
    visible: false,
    priceLineVisible: false,
  })
  const fills = createFillMarks(chart, prices)
  sharePanes(chart)

  const drawAll = () => {
    prices.setData(drawn.candles.map(toBar))
    volumes.setData(drawn.candles.map((candle) => toVolume(candle, look)))
  }
  const setCandles = (next: Drawn) => {
    const isSame = next.key === drawn.key
    const before = drawn.candles
    const candles = isSame ? append(before, next.candles, next.interval) : next.candles
    drawn = { ...next, candles }
    const hasGrown = isSame && candles.length > before.length
    keepSight(chart, hasGrown ? before.length : 0, () => {
      if (!isSame || !isTick(before, candles)) {
        drawAll()
        return
      }
      for (const candle of candles.slice(before.length - 1)) {
        prices.update(toBar(candle))
        volumes.update(toVolume(candle, look))
      }
    })
    if (!isSame) {
      prices.applyOptions({ priceFormat: formatOf(candles) })
      chart.timeScale().fitContent()
    }
    fills.set(marks.fills, candles, look)
    tell()
  }
  const setMarks = (next: ChartMarks) => {
    marks = next
    fills.set(marks.fills, drawn.candles, look)
    lines.forEach((line) => prices.removePriceLine(line))
    // Their names stand at the left, on the page.
    lines = marks.lines.map(({ kind, price }) =>
      prices.createPriceLine({
        price: Number(price),
        color: look[lineColours[kind]],
        lineWidth: 1,
        lineStyle: kind === 'COST' ? LineStyle.Dotted : LineStyle.Dashed,
        axisLabelVisible: true,
      }),
    )
  }
  return {
    chart,
    prices,
    volumes,
    candles: () => drawn.candles,
    look: () => look,
    isGone: () => isGone,
    sharePanes: () => sharePanes(chart),
    onDrawn: (listener: () => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    ...{ setCandles, setMarks },
    setCompared: (other: Compared) => {
      compared.applyOptions({
        visible: other !== undefined,
        title: other?.id ?? '',
        color: look.accent,
      })
      compared.setData(
        (other?.candles ?? []).map((candle) => ({
          time: timeOf(candle),
          value: Number(candle.close),
        })),
      )
    },
    setScale: (scale: keyof typeof modes) => {
      const sight = chart.timeScale().getVisibleLogicalRange()
      prices.priceScale().applyOptions({ mode: modes[scale] })
      // Labels of another width move the candles in the next frame.
      requestAnimationFrame(() => {
        if (!isGone && sight) chart.timeScale().setVisibleLogicalRange(sight)
      })
    },
    setTimes: ({ full, mark }: TimeFormat) =>
      chart.applyOptions({
        localization: { timeFormatter: (time: unknown) => full(Number(time)) },
        timeScale: {
          tickMarkFormatter: (time: unknown, type: TickMarkType) =>
            mark(Number(time), details[type]),
        },
      }),
    withNames: <Result>(draw: () => Result) => namedWhile(lines, marks, draw),
    /** Reads the colours of the page again. */
    refreshLook: () => {
      look = readLook(box)
      chart.applyOptions(lookOptions(look))
      prices.applyOptions(candleLook(look))
      compared.applyOptions({ color: look.accent })
      drawAll()
      setMarks(marks)
      tell()
    },
    remove: () => {
      isGone = true
      chart.remove()
    },
  }
}

export type PriceChart = ReturnType<typeof openPriceChart>
