import { Text } from '@mantine/core'
import type { FeedState } from '../api/live-prices.ts'
import { formatPrice } from '../format/money.ts'
import { formatDateTime } from '../format/time.ts'
import { FeedBadge } from '../ui/FeedBadge.tsx'
import { PriceTick } from '../ui/PriceTick.tsx'
import type { ValuedHolding } from './values.ts'

type Held = Pick<ValuedHolding, 'quote' | 'isFrozen' | 'isHalted'>

type FrozenMarkProps = { readonly quotedAt: string | undefined; readonly isHalted: boolean }

/** States that a price is not updated, and since when. */
export function FrozenMark({ quotedAt, isHalted }: FrozenMarkProps) {
  return (
    <>
      <small className="warn">{isHalted ? 'Halted' : 'Not traded'}</small>
      {quotedAt && <small className="flat"> · price of {formatDateTime(quotedAt)}</small>}
    </>
  )
}

/** The price of a holding's value; one that is not updated is marked with its time. */
export function HeldPrice({ quote, isFrozen, isHalted }: Held) {
  if (!isFrozen) return <PriceTick price={quote?.price} />
  return (
    <>
      <span className="numeric">{quote ? formatPrice(quote.price) : 'no price'}</span>
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
      Without {assetIds.join(', ')} over the last 24 hours: halted or not traded, counted at the
      last price.
    </Text>
  )
}

/** The feed of a list of holdings, with the number of prices that are not updated. */
export function HoldingsFeed({ holdings, feed }: { holdings: readonly Held[]; feed: FeedState }) {
  const frozen = holdings.filter(({ isFrozen }) => isFrozen).length
  if (frozen === 0) return <FeedBadge state={feed} />
  const note = <small className="warn">{frozen} not traded</small>
  return frozen === holdings.length ? (
    note
  ) : (
    <span style={{ display: 'inline-flex', gap: 12, alignItems: 'center' }}>
      {note}
      <FeedBadge state={feed} />
    </span>
  )
}
