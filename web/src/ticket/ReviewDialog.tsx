import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useId } from 'react'
import { config } from '../config.ts'
import { formatExactPrice, formatMoney, formatQuantity, signOf } from '../format/money.ts'
import { Facts } from '../ui/Facts.tsx'
import { steady } from '../ui/focus.tsx'
import type { DraftedOrder } from './amounts.ts'
import { isWaiting, LimitWarning, previewFacts, Refusal } from './TicketPreview.tsx'
import type { Preview } from './use-preview.ts'
import { sendingOrder, type TicketState, toSend } from './use-ticket.ts'

type GuardProps = {
  readonly order: DraftedOrder
  readonly preview: Preview
  readonly marketPrice: string | undefined
}

/** The worst price of an order that fills now; null for one that waits, which trades at its limit or better. */
function Guard({ order, preview, marketPrice }: GuardProps) {
  const { worstPrice, limitPrice, quoteAmount, side } = toSend(order, preview.price)
  const worst = worstPrice ?? limitPrice
  if (worst === undefined || isWaiting({ order, preview, marketPrice })) return null
  const isBuy = side === 'BUY'
  const fee = signOf(preview.fee) === 0 ? '' : ', fee included'
  return (
    <Text size="xs" c="dimmed">
      The price can move until the order fills. Nothing is traded {isBuy ? 'above' : 'below'}{' '}
      {formatExactPrice(worst)},{' '}
      {worstPrice === undefined
        ? 'your limit.'
        : `which is ${config.slippagePercent}% worse than now.`}
      {quoteAmount !== undefined &&
        ` You ${isBuy ? 'never pay more' : 'receive no more'} than ${formatMoney(quoteAmount)}${fee}.`}
    </Text>
  )
}

/** The reason why the order cannot be placed at present, or null. */
function reasonNotToPlace(ticket: TicketState): string | null {
  const { preview, isPreviewCurrent, failure, isTraded, isPlacing, awaited } = ticket
  if (isPlacing) return sendingOrder
  if (!isTraded) return 'This asset cannot be traded at the moment.'
  if (preview && preview.refusal !== null) return 'This order would be refused, see above.'
  if (failure) return `${failure.sentence} Nothing has been sent.`
  return isPreviewCurrent ? null : awaited
}

function Review({ ticket, order }: { ticket: TicketState; order: DraftedOrder }) {
  const { preview, previewMarketPrice: marketPrice, portfolio: balances, isPlacing } = ticket
  const reasonId = useId()
  const reason = reasonNotToPlace(ticket)
  const confirm = async () => {
    await ticket.place()
    ticket.endReview()
  }
  return (
    <Stack>
      {preview && !(ticket.failure && !isPlacing) && (
        <>
          <Facts
            facts={previewFacts({ order, preview, marketPrice, balances }, { withPrice: true })}
          />
          <LimitWarning order={order} preview={preview} marketPrice={marketPrice} />
          <Refusal preview={preview} order={order} />
          {preview.refusal === null && (
            <Guard order={order} preview={preview} marketPrice={marketPrice} />
          )}
        </>
      )}
      <Text id={reasonId} size="xs" c="dimmed" mih="1.4em" aria-live="polite">
        {reason}
      </Text>
      <Group justify="flex-end">
        <Button variant="default" disabled={isPlacing} onClick={ticket.endReview}>
          Back
        </Button>
        <Button
          data-autofocus
          renderRoot={steady}
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

/** The order as one line, with the size that is sent. */
function titleOf({ side, quantity, quoteAmount = '0', assetId }: DraftedOrder): string {
  const verb = side === 'BUY' ? 'Buy' : 'Sell'
  return quantity === undefined
    ? `${verb} ${assetId} for ${formatMoney(quoteAmount)}?`
    : `${verb} ${formatQuantity(quantity)} ${assetId}?`
}

/** Confirmation of the order as it will be sent. A sent order cannot be taken back, so the dialog stays until its answer. */
export function ReviewDialog({ ticket }: { ticket: TicketState }) {
  const { order, isPlacing } = ticket
  return (
    <Modal
      opened={ticket.isReviewing}
      onClose={ticket.endReview}
      closeOnEscape={!isPlacing}
      closeOnClickOutside={!isPlacing}
      closeButtonProps={{ 'aria-label': 'Close', disabled: isPlacing }}
      title={order ? titleOf(order) : ''}
      // The order is gone while the dialog fades, which would show it empty.
      transitionProps={{ exitDuration: 0 }}
    >
      {order && <Review ticket={ticket} order={order} />}
    </Modal>
  )
}
