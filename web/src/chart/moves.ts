import type { Candle } from './candles.ts'
import { type PriceChart, timeOf } from './draw.ts'

/** The fewest candles that can be seen. */
const fewest = 5

/** What a key does to a chart. The crosshair goes from candle to candle; a candle out of sight comes into sight. */
export function createMoves({ chart, prices, candles }: PriceChart) {
  let place: number | undefined
  const scale = chart.timeScale()
  const span = () => scale.getVisibleLogicalRange() ?? { from: 0, to: candles().length - 1 }
  const lookAt = (next: number) => {
    const { from, to } = span()
    const shift = next < from ? next - from : Math.max(0, next - to)
    if (shift !== 0) scale.setVisibleLogicalRange({ from: from + shift, to: to + shift })
  }
  return {
    /** Moves the crosshair by a number of candles, from the last one at first. */
    step: (by: number): Candle | undefined => {
      const last = candles().length - 1
      if (last < 0) return undefined
      place = Math.min(last, Math.max(0, (place ?? last + (by < 0 ? 1 : 0)) + by))
      const candle = candles()[place]
      if (!candle) return undefined
      lookAt(place)
      chart.setCrosshairPosition(Number(candle.close), timeOf(candle), prices)
      return candle
    },
    leave: () => {
      place = undefined
      chart.clearCrosshairPosition()
    },
    /** Shows this many times as many candles, never more than there are: up to the newest where that is in sight, else around the middle. */
    zoom: (times: number) => {
      chart.clearCrosshairPosition()
      const { from, to } = span()
      const last = candles().length - 1
      const shown = Math.max(fewest, (to - from) * times)
      const end = to >= last ? last : (from + to + shown) / 2
      const first = Math.max(0, Math.min(end, last) - shown)
      scale.setVisibleLogicalRange({ from: first, to: Math.min(last, first + shown) })
    },
    fit: () => {
      chart.clearCrosshairPosition()
      scale.fitContent()
    },
  }
}

export type Moves = ReturnType<typeof createMoves>
