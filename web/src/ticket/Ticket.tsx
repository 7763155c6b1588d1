import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconHelpCircle } from '@tabler/icons-react'
import { type SubmitEvent, useEffect, useEffectEvent } from 'react'
import { isNoSuchAsset } from '../api/errors.ts'
import { formatExactPrice, formatMoney, formatQuantity } from '../format/money.ts'
import { formatDateTime } from '../format/time.ts'
import type { OrderSide, TicketPlaceOrderMutation } from '../generated/graphql.ts'
import { TradingNotice } from '../lists/TradingBadge.tsx'
import { FailureNotice } from '../ui/FailureNotice.tsx'
import { fillToast, notifyDone } from '../ui/notify.ts'
import { SubmitButton } from '../ui/SubmitButton.tsx'
import { ReviewDialog } from './ReviewDialog.tsx'
import { TicketFields } from './TicketFields.tsx'
import { TicketPreview } from './TicketPreview.tsx'
import { type TicketState, useTicket } from './use-ticket.ts'

function announce({ placeOrder: { order } }: TicketPlaceOrderMutation): void {
  const what = `${formatQuantity(order.quantity)} ${order.assetId}`
  const verb = order.side === 'BUY' ? 'Bought' : 'Sold'
  if (order.status === 'PENDING') {
    const until = order.expiresAt ? `, good till ${formatDateTime(order.expiresAt)}` : ''
    notifyDone(
      'Limit order placed',
      `${what} at ${formatExactPrice(order.limitPrice ?? '0')} or better${until}.`,
    )
  } else {
    const cost = order.total ? `For ${formatMoney(order.total)}.` : undefined
    notifyDone(`${verb} ${what}`, cost, fillToast(order.id))
  }
}

/** The last order was sent without a response: the user repeats it unchanged, or gives up. */
function Unsettled({ ticket }: { ticket: TicketState }) {
  return (
    <Alert
      color="yellow"
      icon={<IconHelpCircle size={20} />}
      title="Did your last order go through?"
    >
      <Text size="sm">
        No answer arrived. Try again: the order carries its own key, so that it cannot be placed
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

/** Every reason that blocks the order. */
function Messages({ ticket, assetId }: { ticket: TicketState; assetId: string }) {
  const { asset, balances, isUnsettled, placeFailure } = ticket
  return (
    <>
      {asset.failure && !asset.data && (
        <FailureNotice failure={asset.failure} onRetry={asset.retry} />
      )}
      {balances.failure && <FailureNotice failure={balances.failure} onRetry={balances.retry} />}
      <TradingNotice assetId={assetId} state={asset.data?.asset} />
      {isUnsettled && <Unsettled ticket={ticket} />}
      {placeFailure && <FailureNotice failure={placeFailure} />}
      {placeFailure && !isUnsettled && (
        <Text size="sm" role="status">
          The order was not placed.
        </Text>
      )}
    </>
  )
}

type TicketProps = { readonly assetId: string; readonly side?: OrderSide | undefined }

/** The ticket of one asset: fields, preview, confirmation. Use the asset as its key. */
export function Ticket({ assetId, side }: TicketProps) {
  const ticket = useTicket(assetId, announce)
  const takeSide = useEffectEvent((next: OrderSide) => {
    if (!ticket.isUnsettled && ticket.draft.side !== next) ticket.chooseSide(next)
  })
  useEffect(() => {
    if (side) takeSide(side)
  }, [side])

  const { asset, draft, isUnsettled, isPlacing, reason } = ticket
  if (asset.failure && isNoSuchAsset(asset.failure)) {
    return (
      <Text size="sm" role="status">
        Nothing in the market is called {assetId}. Choose an asset above.
      </Text>
    )
  }
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault()
    if (reason === null && !isPlacing) ticket.review()
  }
  return (
    <form onSubmit={onSubmit} aria-label={`Order ticket for ${assetId}`}>
      <Stack gap="sm">
        <TicketFields ticket={ticket} assetId={assetId} isLocked={isUnsettled || isPlacing} />
        <TicketPreview ticket={ticket} />
        <Messages ticket={ticket} assetId={assetId} />
        <SubmitButton
          size="md"
          color={draft.side === 'BUY' ? 'gain.7' : 'loss.7'}
          reason={reason}
          failure={ticket.placeFailure}
          note="You can look at it once more before it is sent."
          loading={isPlacing}
        >
          {draft.side === 'BUY' ? 'Review buy' : 'Review sale'}
        </SubmitButton>
      </Stack>
      <ReviewDialog ticket={ticket} />
    </form>
  )
}
