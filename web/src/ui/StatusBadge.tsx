import { Badge } from '@mantine/core'
import { i18n } from '../i18n.ts'

const looks = {
  PENDING: { color: 'blue', label: i18n.t('Open') },
  PARTIALLY_FILLED: { color: 'blue', label: i18n.t('Filled in part') },
  COMPLETED: { color: 'gain', label: i18n.t('Filled') },
  CANCELLED: { color: 'gray', label: i18n.t('Cancelled') },
  EXPIRED: { color: 'gray', label: i18n.t('Expired') },
  FAILED: { color: 'loss', label: i18n.t('Failed') },
} as const

type ShownStatus = keyof typeof looks

type StatusProps = {
  readonly status: ShownStatus
  /** An order that another one replaced counts as cancelled; its owner did not give it up. */
  readonly isReplaced?: boolean
}

export function StatusBadge({ status, isReplaced = false }: StatusProps) {
  const { color, label } = looks[status]
  return (
    <Badge variant="light" color={color} className={`status-badge tone-${color}`}>
      {isReplaced ? i18n.t('Replaced') : label}
    </Badge>
  )
}

export function SideBadge({ side }: { side: 'BUY' | 'SELL' }) {
  const isBuy = side === 'BUY'
  return (
    <span className={isBuy ? 'up' : 'down'} style={{ fontWeight: 620 }}>
      {isBuy ? i18n.t('Buy') : i18n.t('Sell')}
    </span>
  )
}
