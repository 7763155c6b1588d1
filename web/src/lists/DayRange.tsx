import { useState } from 'react'
import { useLivePrice } from '../api/live-prices.ts'
import { useReadAgain } from '../api/read-again.ts'
import { useReading } from '../api/reading.ts'
import { config } from '../config.ts'
import { formatPrice } from '../format/money.ts'
import { MarketFiguresDocument } from '../generated/graphql.ts'

type RangedAsset = {
  readonly id: string
  readonly quote: { readonly price: string; readonly quotedAt: string } | null
  readonly marketData: { readonly low24h: string | null; readonly high24h: string | null }
}

/** What the market says of the last days goes on with the price. It is read again into the cache, from where the page has it. */
export function useFigures({ id, quote }: Pick<RangedAsset, 'id' | 'quote'>): void {
  const { retry } = useReading(MarketFiguresDocument, { id }, { pause: true })
  useReadAgain(retry, useLivePrice(id, quote)?.quotedAt, config.figuresEveryMs)
}

const lower = (one: string | null, other: string | null) =>
  one !== null && other !== null && Number(other) < Number(one) ? other : one
const higher = (one: string | null, other: string | null) =>
  one !== null && other !== null && Number(other) > Number(one) ? other : one

/** The range of the last day's candles, with every tick since they were read. */
export function DayRange({ asset: { id, quote, marketData } }: { readonly asset: RangedAsset }) {
  const { low24h, high24h } = marketData
  const price = useLivePrice(id, quote)?.price ?? null
  const read = [id, low24h, high24h].join()
  const [ticks, setTicks] = useState({ read, low: low24h, high: high24h })
  const before = ticks.read === read ? ticks : { low: low24h, high: high24h }
  const [low, high] = [lower(before.low, price), higher(before.high, price)]
  if (ticks.read !== read || low !== ticks.low || high !== ticks.high) setTicks({ read, low, high })
  const show = (text: string | null) => (text ? formatPrice(text) : '–')
  return <>{`${show(low)} – ${show(high)}`}</>
}
