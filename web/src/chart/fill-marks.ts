import type { IChartApi, ISeriesApi, ISeriesPrimitive, Time } from 'lightweight-charts'
import { i18n } from '../i18n.ts'
import type { Candle } from './candles.ts'
import type { Look } from './look.ts'
import type { ChartMarks } from './marks.ts'
import { type PlacedFill, shareNear } from './places.ts'

type Pen = CanvasRenderingContext2D

const height = 16
/** The distance between a candle and its mark, which an arrow bridges. */
const gap = 7

const within = (value: number, most: number): number => Math.max(1, Math.min(value, most - 1))

/** Buys point up from below their candle, sales down from above it. No mark is cut at an edge. */
function drawFill(pen: Pen, fill: PlacedFill, look: Look, room: { width: number; height: number }) {
  const isBuy = fill.side === 'BUY'
  const side = isBuy ? i18n.t('B') : i18n.t('S')
  const text = fill.count > 1 ? `${side} ×${fill.count}` : side
  const width = Math.max(height, pen.measureText(text).width + 8)
  const left = within(fill.x - width / 2, room.width - width)
  const top = within(isBuy ? fill.y + gap : fill.y - gap - height, room.height - height)
  const tip = Math.max(left + 4, Math.min(fill.x, left + width - 4))
  const [base, point] = isBuy
    ? [top + 1, top - gap + 2]
    : [top + height - 1, top + height + gap - 2]
  pen.fillStyle = isBuy ? look.up : look.down
  pen.beginPath()
  pen.roundRect(left, top, width, height, 4)
  pen.moveTo(tip - 4, base)
  pen.lineTo(tip, point)
  pen.lineTo(tip + 4, base)
  pen.fill()
  pen.fillStyle = look.paper
  pen.fillText(text, left + width / 2, top + height / 2 + 0.5)
}

/** The fills of the user over the candles. Those that would cover each other share a mark with their number. */
export function createFillMarks(chart: IChartApi, prices: ISeriesApi<'Candlestick'>) {
  let fills: ChartMarks['fills'] = []
  let candles: ReadonlyMap<string, Candle> = new Map()
  let look: Look | undefined
  let update: (() => void) | undefined
  const place = ({ startsAt, side, count }: ChartMarks['fills'][number]): PlacedFill[] => {
    const candle = candles.get(startsAt)
    if (!candle) return []
    const time = Math.floor(Date.parse(startsAt) / 1000)
    const x = chart.timeScale().timeToCoordinate(time as Time)
    const y = prices.priceToCoordinate(Number(side === 'BUY' ? candle.low : candle.high))
    return x === null || y === null ? [] : [{ x, y, side, count }]
  }
  const primitive: ISeriesPrimitive = {
    attached: ({ requestUpdate }) => {
      update = requestUpdate
    },
    paneViews: () => [
      {
        zOrder: () => 'top',
        renderer: () => ({
          draw: (target) =>
            target.useMediaCoordinateSpace(({ context: pen, mediaSize }) => {
              if (!look) return
              pen.font = `650 11px ${look.font}`
              pen.textAlign = 'center'
              pen.textBaseline = 'middle'
              for (const fill of shareNear(fills.flatMap(place))) {
                drawFill(pen, fill, look, mediaSize)
              }
            }),
        }),
      },
    ],
  }
  prices.attachPrimitive(primitive)
  return {
    set: (nextFills: ChartMarks['fills'], nextCandles: readonly Candle[], nextLook: Look) => {
      fills = nextFills
      look = nextLook
      const wanted = new Set(fills.map(({ startsAt }) => startsAt))
      candles = new Map(
        nextCandles
          .filter(({ startsAt }) => wanted.has(startsAt))
          .map((candle) => [candle.startsAt, candle]),
      )
      update?.()
    },
  }
}
