import { Text } from '@mantine/core'
import type { FeedState } from '../api/live-prices.ts'
import { joinWords } from '../format/lists.ts'
import { formatPrice, formatQuantity } from '../format/money.ts'
import { formatDateTime } from '../format/time.ts'
import { i18n } from '../i18n.ts'
import { Decimals, roomFor, roomForAll } from '../ui/Decimals.tsx'
import { FeedBadge } from '../ui/FeedBadge.tsx'
import { PriceTick } from '../ui/PriceTick.tsx'
import type { ValuedHolding } from './values.ts'

type Held = Pick<ValuedHolding, 'quote' | 'isFrozen' | 'isHalted'>

type FrozenMarkProps = { readonly quotedAt: string | undefined; readonly isHalted: boolean }

/** States that a price is not updated, and since when. */
export function FrozenMark({ quotedAt, isHalted }: FrozenMarkProps) {
  return (
    <>
      <small className="warn">{isHalted ? i18n.t('Halted') : i18n.t('Not traded')}</small>
      {quotedAt && (
        <small className="flat">
          {' '}
          {i18n.t('· price of {time}', { time: formatDateTime(quotedAt) })}
        </small>
      )}
    </>
  )
}

/** The decimals of the columns of a list of holdings. */
export const decimalsIn = (holdings: readonly ValuedHolding[]) => ({
  quantity: roomForAll(holdings.map(({ quantity }) => formatQuantity(quantity))),
  price: roomFor(holdings.map(({ quote }) => formatPrice(quote?.price ?? '0'))),
  averageCost: roomFor(holdings.map(({ averageCost }) => formatPrice(averageCost))),
})

/** The price of a holding's value; one that is not updated is marked with its time. */
export function HeldPrice({ quote, isFrozen, isHalted, decimals }: Held & { decimals: number }) {
  if (!isFrozen) {
    return (
      <>
        <PriceTick price={quote?.price} />
        {quote && <Decimals text={formatPrice(quote.price)} decimals={decimals} />}
      </>
    )
  }
  return (
    <>
      <span className="numeric">{quote ? formatPrice(quote.price) : i18n.t('no price')}</span>
      <br />
      <FrozenMark quotedAt={quote?.quotedAt} isHalted={isHalted} />
    </>
  )
}

/** States which holdings the day change excludes, and why. */
export function FrozenNote({ assetIds }: { assetIds: readonly string[] }) {
  if (assetIds.length === 0) return null
  return (
    <Text size="sm" c="dimmed">
      {i18n.t(
        'Without {assets} over the last 24 hours: halted or not traded, counted at the last price.',
        { assets: joinWords(assetIds) },
      )}
    </Text>
  )
}

/** The feed of a list of holdings, with the number of prices that are not updated. */
export function HoldingsFeed({ holdings, feed }: { holdings: readonly Held[]; feed: FeedState }) {
  const frozen = holdings.filter(({ isFrozen }) => isFrozen).length
  if (frozen === 0) return <FeedBadge state={feed} />
  const note = <small className="warn">{i18n.t('{count} not traded', { count: frozen })}</small>
  return frozen === holdings.length ? (
    note
  ) : (
    <span style={{ display: 'inline-flex', gap: 12, alignItems: 'center' }}>
      {note}
      <FeedBadge state={feed} />
    </span>
  )
}
