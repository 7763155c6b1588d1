import { Alert, Badge } from '@mantine/core'
import { type TradingState, useTradingState } from '../api/live-prices.ts'
import { formatDateTime } from '../format/time.ts'
import { i18n } from '../i18n.ts'

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
        title={i18n.t('The market has no price of it. The price shown is the last one.')}
      >
        {i18n.t('Not traded')}
      </Badge>
    )
  }
  return (
    <Badge
      variant="default"
      c="var(--warn)"
      title={i18n.t('Halted since {time}. The price shown is the last accepted one.', {
        time: formatDateTime(now.haltedSince ?? ''),
      })}
    >
      {i18n.t('Halted')}
    </Badge>
  )
}

/** States why an asset cannot be traded at present; null for others. */
export function TradingNotice({ assetId, state }: TradingProps) {
  const now = useTradingState(assetId, state)
  if (!now || (now.isActive && now.haltedSince === null)) return null
  if (!now.isActive) {
    return (
      <Alert color="yellow">
        {i18n.t('{asset} cannot be traded at the moment.', { asset: assetId })}
      </Alert>
    )
  }
  return (
    <Alert color="yellow" title={i18n.t('Trading is halted')}>
      {i18n.t(
        'Since {time} the price of {asset} is in doubt: it moved too far at once. Trading resumes by itself as soon as further prices agree. Open orders and price alerts wait until then.',
        { time: formatDateTime(now.haltedSince ?? ''), asset: assetId },
      )}
    </Alert>
  )
}
