import { Text } from '@mantine/core'
import type { FeedState } from '../api/live-prices.ts'
import { formatPrice } from '../format/money.ts'
import { formatDateTime } from '../format/time.ts'
import { FeedBadge } from '../ui/FeedBadge.tsx'
import { PriceTick } from '../ui/PriceTick.tsx'
import type { ValuedHolding } from './values.ts'

type Held = Pick<ValuedHolding, 'quote' | 'isFrozen'>

/** Says that a price stands still, and since when. */
export function FrozenMark({ quotedAt }: { quotedAt: string | undefined }) {
  return (
    <>
      <small className="warn">Not traded</small>
      {quotedAt && <small className="flat"> · price of {formatDateTime(quotedAt)}</small>}
    </>
  )
}

/** The price that a holding is valued at; one that stands still is marked with its time. */
export function HeldPrice({ quote, isFrozen }: Held) {
  if (!isFrozen) return <PriceTick price={quote?.price} />
  return (
    <>
      <span className="numeric">{quote ? formatPrice(quote.price) : 'no price'}</span>
      <br />
      <FrozenMark quotedAt={quote?.quotedAt} />
    </>
  )
}

/** Says which holdings the day change leaves out, and why. */
export function FrozenNote({ holdings }: { holdings: readonly Pick<ValuedHolding, 'assetId'>[] }) {
  if (holdings.length === 0) return null
  const names = holdings.map(({ assetId }) => assetId).join(', ')
  return (
    <Text size="sm" c="dimmed">
      Without {names} over the last 24 hours: not traded, counted at the last price.
    </Text>
  )
}

/** Whether the prices of a list of holdings move: those that stand still are counted beside. */
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
