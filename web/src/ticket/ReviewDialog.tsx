import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useId } from 'react'
import { config } from '../config.ts'
import { formatExactPrice, formatQuantity } from '../format/money.ts'
import { Facts } from '../ui/Facts.tsx'
import type { DraftedOrder } from './amounts.ts'
import { LimitWarning, previewFacts } from './TicketPreview.tsx'
import { type Preview, type TicketState, toSend } from './use-ticket.ts'

/** The price that guards a market order; nothing for a limit order, whose limit is its guard. */
function Guard({ order, preview }: { order: DraftedOrder; preview: Preview }) {
  const { worstPrice } = toSend(order, preview.price)
  if (worstPrice === undefined) return null
  return (
    <Text size="xs" c="dimmed">
      The price can move until the order fills. Nothing is traded{' '}
      {order.side === 'BUY' ? 'above' : 'below'} {formatExactPrice(worstPrice)}, which is{' '}
      {config.slippagePercent}% worse than now.
    </Text>
  )
}

function Review({ ticket, order }: { ticket: TicketState; order: DraftedOrder }) {
  const { preview, isPreviewCurrent, isTraded, marketPrice, isPlacing } = ticket
  const reasonId = useId()
  const waiting = isPreviewCurrent ? null : 'Working out what the order would do.'
  const reason = isTraded ? waiting : 'This asset cannot be traded at the moment.'
  const confirm = async () => {
    await ticket.place()
    ticket.endReview()
  }
  return (
    <Stack>
      {preview && (
        <>
          <Facts facts={previewFacts({ order, preview, marketPrice })} />
          <LimitWarning order={order} preview={preview} marketPrice={marketPrice} />
          <Guard order={order} preview={preview} />
        </>
      )}
      <Text id={reasonId} size="xs" c="dimmed" aria-live="polite">
        {reason}
      </Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={ticket.endReview}>
          Back
        </Button>
        <Button
          data-autofocus
          color={order.side === 'BUY' ? 'gain.7' : 'loss.7'}
          loading={isPlacing}
          disabled={reason !== null}
          aria-describedby={reasonId}
          onClick={() => void confirm()}
        >
          Place order
        </Button>
      </Group>
    </Stack>
  )
}

/** The order as it will be sent, for a last look. */
export function ReviewDialog({ ticket }: { ticket: TicketState }) {
  const { order } = ticket
  const what = order
    ? `${order.side === 'BUY' ? 'Buy' : 'Sell'} ${formatQuantity(order.quantity)} ${order.assetId}?`
    : ''
  return (
    <Modal opened={ticket.isReviewing} onClose={ticket.endReview} title={what}>
      {order && <Review ticket={ticket} order={order} />}
    </Modal>
  )
}
