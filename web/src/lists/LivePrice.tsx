import { useLivePrice } from '../api/live-prices.ts'
import { PercentChange } from '../ui/Change.tsx'
import { PriceTick } from '../ui/PriceTick.tsx'

type LivePriceProps = {
  readonly assetId: string
  readonly quote: { readonly price: string; readonly quotedAt: string } | null | undefined
}

/** An asset's price that moves with the market; a tick renders this and nothing around it. */
export function LivePrice({ assetId, quote }: LivePriceProps) {
  return <PriceTick price={useLivePrice(assetId, quote)?.price} />
}

type LiveChangeProps = LivePriceProps & { readonly percent: number | null }

/** The change over 24 hours that belongs to the price beside it. */
export function LiveChange({ assetId, quote, percent }: LiveChangeProps) {
  return <PercentChange percent={useLivePrice(assetId, quote)?.changePercent24h ?? percent} />
}
