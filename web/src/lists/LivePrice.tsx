import { useLivePrice } from '../api/live-prices.ts'
import { PercentChange } from '../ui/Change.tsx'
import { PriceTick } from '../ui/PriceTick.tsx'

type LivePriceProps = {
  readonly assetId: string
  readonly quote: { readonly price: string; readonly quotedAt: string } | null | undefined
}

/** An asset's live price. A tick renders only this component. */
export function LivePrice({ assetId, quote }: LivePriceProps) {
  return <PriceTick price={useLivePrice(assetId, quote)?.price} />
}

type LiveChangeProps = LivePriceProps & { readonly percent: number | null }

/** The 24-hour change of the price beside it. */
export function LiveChange({ assetId, quote, percent }: LiveChangeProps) {
  return <PercentChange percent={useLivePrice(assetId, quote)?.changePercent24h ?? percent} />
}
