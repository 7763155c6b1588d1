import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { IconHelpCircle } from '@tabler/icons-react'
import { type SubmitEvent, useEffect, useEffectEvent } from 'react'
import { config } from '../config.ts'
import { formatMoney, formatPrice, formatQuantity } from '../format/money.ts'
import { formatDateTime } from '../format/time.ts'
import type { OrderSide, TicketPlaceOrderMutation } from '../generated/graphql.ts'
import { Facts } from '../ui/Facts.tsx'
import { FailureNotice } from '../ui/FailureNotice.tsx'
import { notifyDone } from '../ui/notify.ts'
import { TicketFields } from './TicketFields.tsx'
import { previewFacts, TicketPreview } from './TicketPreview.tsx'
import { type TicketState, useTicket } from './use-ticket.ts'

function announce({ placeOrder: { order } }: TicketPlaceOrderMutation): void {
  const what = `${formatQuantity(order.quantity)} ${order.assetId}`
  const verb = order.side === 'BUY' ? 'Bought' : 'Sold'
  if (order.status === 'PENDING') {
    const until = order.expiresAt ? `, good till ${formatDateTime(order.expiresAt)}` : ''
    notifyDone(
      'Limit order placed',
      `${what} at ${formatPrice(order.limitPrice ?? '0')} or better${until}.`,
    )
  } else {
    notifyDone(`${verb} ${what}`, order.total ? `For ${formatMoney(order.total)}.` : undefined)
  }
}

/** The last order was sent, and no answer came: it is sent again unchanged, or given up on. */
function Unsettled({ ticket }: { ticket: TicketState }) {
  return (
    <Alert
      color="yellow"
      icon={<IconHelpCircle size={20} />}
      title="Did your last order go through?"
    >
      <Text size="sm">
        We did not hear back. Ask again: the order carries its own key, so that it cannot be placed
        twice.
      </Text>
      <Group mt="sm" gap="xs">
        <Button size="xs" onClick={() => void ticket.sendAgain()}>
          Ask again
        </Button>
        <Button size="xs" variant="default" onClick={ticket.startOver}>
          Start over
        </Button>
      </Group>
    </Alert>
  )
}

function ConfirmDialog({ ticket, assetId }: { ticket: TicketState; assetId: string }) {
  const { draft, order } = ticket
  const verb = draft.side === 'BUY' ? 'Buy' : 'Sell'
  const confirm = async () => {
    await ticket.place()
    ticket.endReview()
  }
  return (
    <Modal
      opened={ticket.isReviewing}
      onClose={ticket.endReview}
      title={`${verb} ${order ? formatQuantity(order.quantity) : ''} ${assetId}?`}
    >
      <Stack>
        <Facts
          facts={[
            ['Order', draft.type === 'LIMIT' ? 'Limit' : 'Market, fills at once'],
            ...previewFacts(ticket, assetId),
          ]}
        />
        {draft.type === 'MARKET' && (
          <Text size="xs" c="dimmed">
            The price can move until the order fills. If it gets worse by more than{' '}
            {config.slippagePercent}%, nothing is traded.
          </Text>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={ticket.endReview}>
            Back
          </Button>
          <Button
            data-autofocus
            color={draft.side === 'BUY' ? 'gain.7' : 'loss.7'}
            loading={ticket.isPlacing}
            disabled={!ticket.isPreviewCurrent}
            onClick={() => void confirm()}
          >
            Place order
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

/** Everything that stands in the way of the order. */
function Messages({
  ticket: { asset, balances, isUnsettled, placeFailure },
  ticket,
}: {
  ticket: TicketState
}) {
  return (
    <>
      {asset.failure && !asset.data && (
        <FailureNotice failure={asset.failure} onRetry={asset.retry} />
      )}
      {balances.failure && <FailureNotice failure={balances.failure} onRetry={balances.retry} />}
      {asset.data?.asset.isActive === false && (
        <Alert color="yellow">This asset cannot be traded at the moment.</Alert>
      )}
      {isUnsettled && <Unsettled ticket={ticket} />}
      {placeFailure && <FailureNotice failure={placeFailure} />}
    </>
  )
}

type TicketProps = { readonly assetId: string; readonly side?: OrderSide | undefined }

/** The ticket of one asset: type, look at what would happen, confirm. Key it by asset. */
export function Ticket({ assetId, side }: TicketProps) {
  const ticket = useTicket(assetId, announce)
  const takeSide = useEffectEvent((next: OrderSide) => {
    if (!ticket.isUnsettled && ticket.draft.side !== next) ticket.change({ side: next, amount: '' })
  })
  useEffect(() => {
    if (side) takeSide(side)
  }, [side])

  const { draft, preview, isUnsettled, isPlacing } = ticket
  const canReview = preview?.refusal === null && !isUnsettled && !isPlacing
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault()
    if (canReview) ticket.review()
  }
  return (
    <form onSubmit={onSubmit} aria-label={`Order ticket for ${assetId}`}>
      <Stack gap="sm">
        <TicketFields ticket={ticket} assetId={assetId} isLocked={isUnsettled || isPlacing} />
        <TicketPreview ticket={ticket} assetId={assetId} />
        <Messages ticket={ticket} />
        <Button
          type="submit"
          size="md"
          color={draft.side === 'BUY' ? 'gain.7' : 'loss.7'}
          disabled={!canReview}
          loading={isPlacing}
        >
          {draft.side === 'BUY' ? 'Review buy' : 'Review sale'}
        </Button>
      </Stack>
      <ConfirmDialog ticket={ticket} assetId={assetId} />
    </form>
  )
}
