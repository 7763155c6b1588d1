import { Alert, Badge } from '@mantine/core'
import { type TradingState, useTradingState } from '../api/live-prices.ts'
import { formatDateTime } from '../format/time.ts'

type TradingProps = {
  readonly assetId: string
  /** The state that the page read. An open stream overrides it. */
  readonly state?: TradingState | undefined
}

/** Marks an asset that cannot be traded at present; null for others. */
export function TradingBadge({ assetId, state }: TradingProps) {
  const now = useTradingState(assetId, state)
  if (!now || (now.isActive && now.haltedSince === null)) return null
  if (!now.isActive) {
    return (
      <Badge
        variant="default"
        c="var(--warn)"
        title="The market has no price of it. The price shown is the last one."
      >
        Not traded
      </Badge>
    )
  }
  return (
    <Badge
      variant="default"
      c="var(--warn)"
      title={`Halted since ${formatDateTime(now.haltedSince ?? '')}. The price shown is the last accepted one.`}
    >
      Halted
    </Badge>
  )
}

/** States why an asset cannot be traded at present; null for others. */
export function TradingNotice({ assetId, state }: TradingProps) {
  const now = useTradingState(assetId, state)
  if (!now || (now.isActive && now.haltedSince === null)) return null
  if (!now.isActive) return <Alert color="yellow">{assetId} cannot be traded at the moment.</Alert>
  return (
    <Alert color="yellow" title="Trading is halted">
      Since {formatDateTime(now.haltedSince ?? '')} the price of {assetId} is in doubt: it moved too
      far at once. Trading resumes by itself as soon as further prices agree. Open orders and price
      alerts wait until then.
    </Alert>
  )
}
