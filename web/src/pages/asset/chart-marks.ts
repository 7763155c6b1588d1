import { formatExactPrice, formatQuantity } from '../../format/money.ts'
import type { ActivityKind, OrderSide } from '../../generated/graphql.ts'
import { sideOfFill } from '../../lists/fills.tsx'
import type { ChartMarks } from '../../ui/CandleChart.tsx'

type OpenOrder = {
  readonly id: string
  readonly side: OrderSide
  readonly quantity: string
  readonly limitPrice: string | null
  readonly stopPrice?: string | null
  readonly triggeredAt?: string | null
}

/** An entry of the journal. */
type Fill = { readonly kind: ActivityKind; readonly createdAt: string }

type Span = { readonly startsAt: string }

const verbs = { BUY: 'Buy', SELL: 'Sell' } as const

/** The last candle that starts before a time; undefined for a time before the chart. */
function candleOf(atMs: number, candles: readonly Span[]): string | undefined {
  return candles.findLast(({ startsAt }) => Date.parse(startsAt) <= atMs)?.startsAt
}

/** Fills of one side in one candle share a mark with their number. */
function fillMarks(fills: readonly Fill[], candles: readonly Span[]): ChartMarks['fills'] {
  const marks = new Map<string, ChartMarks['fills'][number]>()
  for (const fill of fills) {
    const startsAt = candleOf(Date.parse(fill.createdAt), candles)
    if (startsAt === undefined) continue
    const side = sideOfFill(fill)
    const key = `${startsAt} ${side}`
    marks.set(key, { startsAt, side, count: (marks.get(key)?.count ?? 0) + 1 })
  }
  return [...marks.values()].sort((one, other) => one.startsAt.localeCompare(other.startsAt))
}

export type Mine = { readonly fills: readonly Fill[]; readonly open: readonly OpenOrder[] }

/** Whether an order still waits for its stop price. */
const isStop = ({ stopPrice, triggeredAt }: OpenOrder): boolean => !!stopPrice && !triggeredAt

/** The price that an open order waits for: its stop price before its limit. */
const waitingPrice = (order: OpenOrder): string | null =>
  isStop(order) ? (order.stopPrice ?? null) : order.limitPrice

/** The user's trades as marks on the chart of an asset: fills at their candles, open orders at the prices that they wait for. */
export function marksOf({ fills, open }: Mine, candles: readonly Span[]): ChartMarks {
  return {
    fills: fillMarks(fills, candles),
    limits: open.flatMap((order) => {
      const price = waitingPrice(order)
      if (price === null) return []
      const { id, side } = order
      return [{ id, side, price, title: `${verbs[side]} ${isStop(order) ? 'stop' : 'limit'}` }]
    }),
  }
}

const times = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

/** "2 buys and 1 sale"; undefined when there is none. */
export function describeFills({ fills }: ChartMarks): string | undefined {
  const total = (side: OrderSide): number =>
    fills.filter((fill) => fill.side === side).reduce((sum, { count }) => sum + count, 0)
  const parts = [
    ...(total('BUY') > 0 ? [times(total('BUY'), 'buy')] : []),
    ...(total('SELL') > 0 ? [times(total('SELL'), 'sale')] : []),
  ]
  return parts.length > 0 ? parts.join(' and ') : undefined
}

/** "Buy 0.5 BTC at $60,000.00 or better", or "Buy 0.5 BTC once it is at $70,000.00 or above", for each open order. */
export function describeLimits(
  open: readonly OpenOrder[],
  assetId: string,
  areHidden: boolean,
): readonly { readonly id: string; readonly text: string }[] {
  return open.flatMap((order) => {
    const { id, side, quantity } = order
    const price = waitingPrice(order)
    if (price === null) return []
    const what = `${verbs[side]} ${areHidden ? '••••' : formatQuantity(quantity)} ${assetId}`
    const at = formatExactPrice(price)
    if (!isStop(order)) return [{ id, text: `${what} at ${at} or better` }]
    return [{ id, text: `${what} once it is at ${at} or ${side === 'BUY' ? 'above' : 'below'}` }]
  })
}

type Extent = Span & { readonly high: string; readonly low: string; readonly close: string }

/** Extends the last candle to the displayed price, which may be newer than the candles. */
export function carryOn<Shown extends Extent>(
  candle: Shown | undefined,
  now: { readonly price: string; readonly quotedAt: string } | undefined,
): Shown | undefined {
  if (!candle || !now || now.quotedAt < candle.startsAt) return candle
  const { price } = now
  return {
    ...candle,
    close: price,
    high: Number(price) > Number(candle.high) ? price : candle.high,
    low: Number(price) < Number(candle.low) ? price : candle.low,
  }
}
