import { Badge } from '@mantine/core'

const looks = {
  PENDING: { color: 'blue', label: 'Open' },
  PARTIALLY_FILLED: { color: 'blue', label: 'Filled in part' },
  COMPLETED: { color: 'gain', label: 'Filled' },
  CANCELLED: { color: 'gray', label: 'Cancelled' },
  EXPIRED: { color: 'gray', label: 'Expired' },
  FAILED: { color: 'loss', label: 'Failed' },
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
      {isReplaced ? 'Replaced' : label}
    </Badge>
  )
}

export function SideBadge({ side }: { side: 'BUY' | 'SELL' }) {
  const isBuy = side === 'BUY'
  return (
    <span className={isBuy ? 'up' : 'down'} style={{ fontWeight: 620 }}>
      {isBuy ? 'Buy' : 'Sell'}
    </span>
  )
}
