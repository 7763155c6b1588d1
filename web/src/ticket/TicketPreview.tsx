import { Alert, Skeleton, Stack } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { isErrorCode } from '@cnop/schema/codes'
import { sentences } from '../api/errors.ts'
import { formatMoney, formatPrice, signOf } from '../format/money.ts'
import { formatDateTime } from '../format/time.ts'
import { Facts, type Fact } from '../ui/Facts.tsx'
import { FailureNotice } from '../ui/FailureNotice.tsx'
import { Money, Quantity } from '../ui/Money.tsx'
import type { TicketState } from './use-ticket.ts'

/** How long a limit order waits. */
function waitFacts({ draft, order }: TicketState): readonly Fact[] {
  if (draft.type !== 'LIMIT') return []
  return [['Good till', order?.expiresAt ? formatDateTime(order.expiresAt) : 'cancelled']]
}

/** What the order would do, line by line. */
export function previewFacts(ticket: TicketState, assetId: string): readonly Fact[] {
  const { preview, draft } = ticket
  if (!preview) return []
  const isBuy = draft.side === 'BUY'
  return [
    [draft.type === 'LIMIT' ? 'Limit price' : 'Price now', formatPrice(preview.price)],
    ...waitFacts(ticket),
    ...(signOf(preview.fee) === 0 ? [] : [['Fee', formatMoney(preview.fee)] as const]),
    [isBuy ? 'You pay' : 'You receive', <strong key="total">{formatMoney(preview.total)}</strong>],
    ['Cash afterwards', <Money key="cash" value={preview.cashAfter} />],
    [`${assetId} afterwards`, <Quantity key="quantity" value={preview.quantityAfter} />],
  ]
}

/** Why the order would be refused, in our own words where we have some. */
function refusalSentence(code: string, message: string | null): string {
  return isErrorCode(code) && code !== 'BAD_USER_INPUT' ? sentences[code] : (message ?? code)
}

export function TicketPreview({ ticket, assetId }: { ticket: TicketState; assetId: string }) {
  const { preview, failure, isExpected, retry } = ticket
  if (!isExpected) return null
  if (!preview && failure) return <FailureNotice failure={failure} onRetry={retry} />
  if (!preview) {
    return (
      <Stack gap={12} aria-busy="true" aria-label="Preview is loading" role="status">
        {['78%', '64%', '70%', '58%'].map((width) => (
          <Skeleton key={width} height={16} width={width} />
        ))}
      </Stack>
    )
  }
  return (
    <div aria-live="polite">
      <Facts facts={previewFacts(ticket, assetId)} />
      {preview.refusal && (
        <Alert color="yellow" icon={<IconInfoCircle size={18} />} mt={8} p="xs">
          {refusalSentence(preview.refusal, preview.refusalMessage)}
          {preview.refusal === 'ORDER_TOO_LARGE' &&
            ` The most is ${formatMoney(preview.valueLimit)}.`}
        </Alert>
      )}
    </div>
  )
}
