import { useLivePrice } from '../api/live-prices.ts'
import { formatPrice } from '../format/money.ts'

type DayRangeProps = {
  readonly asset: {
    readonly id: string
    readonly quote: { readonly price: string; readonly quotedAt: string } | null
    readonly marketData: { readonly low24h: string | null; readonly high24h: string | null }
  }
}

/** The range of the last day's candles, including the price since they were read. */
export function DayRange({ asset: { id, quote, marketData } }: DayRangeProps) {
  const { low24h, high24h } = marketData
  const price = useLivePrice(id, quote)?.price
  const low = [low24h, price].reduce((a, b) => (a && b && Number(b) < Number(a) ? b : a))
  const high = [high24h, price].reduce((a, b) => (a && b && Number(b) > Number(a) ? b : a))
  const show = (text: string | null | undefined) => (text ? formatPrice(text) : '–')
  return <>{`${show(low)} – ${show(high)}`}</>
}
