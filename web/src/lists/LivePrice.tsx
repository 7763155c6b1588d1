import { useLivePrice } from '../api/live-prices.ts'
import { PercentChange } from '../ui/Change.tsx'
import { formatPrice } from '../format/money.ts'
import { Decimals, roomFor } from '../ui/Decimals.tsx'
import { PriceTick } from '../ui/PriceTick.tsx'

type LivePriceProps = {
  readonly assetId: string
  readonly quote: { readonly price: string; readonly quotedAt: string } | null | undefined
}

/** An asset's live price. A tick renders only this component. */
export function LivePrice({ assetId, quote }: LivePriceProps) {
  return <PriceTick price={useLivePrice(assetId, quote)?.price} />
}

/** The decimals of a column of prices. */
export const mostDecimalsOf = (quotes: readonly LivePriceProps['quote'][]): number =>
  roomFor(quotes.map((quote) => formatPrice(quote?.price ?? '0')))

/** The same in a column of `decimals`. */
export function AlignedPrice({ assetId, quote, decimals }: LivePriceProps & { decimals: number }) {
  const price = useLivePrice(assetId, quote)?.price
  return (
    <>
      <PriceTick price={price} />
      {price && <Decimals text={formatPrice(price)} decimals={decimals} />}
    </>
  )
}

type LiveChangeProps = LivePriceProps & { readonly percent: number | null }

/** The 24-hour change of the price beside it. */
export function LiveChange({ assetId, quote, percent }: LiveChangeProps) {
  return <PercentChange percent={useLivePrice(assetId, quote)?.changePercent24h ?? percent} />
}
