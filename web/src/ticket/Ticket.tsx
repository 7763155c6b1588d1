import { Stack, Text } from '@mantine/core'
import { type ReactNode, type SubmitEvent, useEffect, useEffectEvent } from 'react'
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

function announce({ placeOrder: { order } }: TicketPlaceOrderMutation, isRepeat: boolean): void {
  const what = `${formatQuantity(order.quantity)} ${order.assetId}`
  const verb = order.side === 'BUY' ? 'Bought' : 'Sold'
  // The first attempt may have placed it, which must not look like another order.
  if (isRepeat) {
    const done =
      order.status === 'PENDING' ? `The limit order for ${what} was placed` : `${verb} ${what}`
    const when = `${done} once, on ${formatDateTime(order.createdAt)}.`
    notifyDone('Your order went through', when, fillToast(order.id))
  } else if (order.status === 'PENDING') {
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

/** What is wrong with the asset or the account: below the button, which it does not move. */
function Messages({ ticket, assetId }: { ticket: TicketState; assetId: string }) {
  const { asset, balances } = ticket
  return (
    <>
      <TradingNotice assetId={assetId} state={asset.data?.asset} />
      {asset.failure && !asset.data && (
        <FailureNotice failure={asset.failure} onRetry={asset.retry} />
      )}
      {balances.failure && <FailureNotice failure={balances.failure} onRetry={balances.retry} />}
    </>
  )
}

/** Stands in place of the ticket. */
export function NoSuchAsset({ children }: { children: ReactNode }) {
  return (
    <Text size="sm" role="status">
      {children} Choose an asset above.
    </Text>
  )
}

type TicketProps = {
  readonly assetId: string
  /** The side in the address. Its change starts a new draft, so it must follow the side that is chosen here. */
  readonly side?: OrderSide | undefined
  readonly onSide?: (side: OrderSide) => void
}

/** The ticket of one asset: fields, preview, confirmation. Use the asset as its key. */
export function Ticket({ assetId, side, onSide }: TicketProps) {
  const ticket = useTicket(assetId, announce)
  const takeSide = useEffectEvent((next: OrderSide) => {
    if (!ticket.isUnsettled && ticket.draft.side !== next) ticket.chooseSide(next)
  })
  useEffect(() => {
    if (side) takeSide(side)
  }, [side])

  const { asset, draft, isUnsettled, isPlacing, reason } = ticket
  if (asset.failure && isNoSuchAsset(asset.failure)) {
    return <NoSuchAsset>Nothing in the market is called {assetId}.</NoSuchAsset>
  }
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault()
    if (reason === null && !isPlacing) ticket.review()
  }
  return (
    <form onSubmit={onSubmit} aria-label={`Order ticket for ${assetId}`}>
      <Stack gap="sm">
        <TicketFields
          ticket={ticket}
          assetId={assetId}
          isLocked={isUnsettled || isPlacing}
          onSide={(chosen) => {
            ticket.chooseSide(chosen)
            onSide?.(chosen)
          }}
        />
        <TicketPreview ticket={ticket} />
        <SubmitButton
          size="md"
          color={draft.side === 'BUY' ? 'gain.7' : 'loss.7'}
          reason={reason}
          note="You can look at it once more before it is sent."
          loading={isPlacing}
        >
          {draft.side === 'BUY' ? 'Review buy' : 'Review sale'}
        </SubmitButton>
        <Messages ticket={ticket} assetId={assetId} />
      </Stack>
      <ReviewDialog ticket={ticket} />
    </form>
  )
}
