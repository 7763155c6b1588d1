import { Badge } from '@mantine/core'

/** Good or bad, by colour, symbol and word. */
export function StateBadge({ isFine, label }: { isFine: boolean; label: string }) {
  return (
    <Badge
      variant="light"
      color={isFine ? 'gain' : 'loss'}
      className={isFine ? 'tone-gain' : 'tone-loss'}
    >
      {isFine ? '✓' : '!'} {label}
    </Badge>
  )
}
