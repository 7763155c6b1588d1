import { Button, Group, Stack, Text } from '@mantine/core'
import { type ReactNode, type SubmitEvent, useEffect, useEffectEvent } from 'react'
import { isNoSuchAsset } from '../api/errors.ts'
import {
  formatAwaitedPrice,
  formatExactPrice,
  formatMoney,
  formatQuantity,
} from '../format/money.ts'
import { formatDateTime } from '../format/time.ts'
import type { OrderSide, TicketPlaceOrderMutation } from '../generated/graphql.ts'
import { isOpenOrder, isPartFilled, orderTypeNames } from '../lists/order-words.ts'
import { TradingNotice } from '../lists/TradingBadge.tsx'
import { FailureNotice } from '../ui/FailureNotice.tsx'
import { fillToast, notifyDone } from '../ui/notify.ts'
import { SubmitButton } from '../ui/SubmitButton.tsx'
import { ReviewDialog } from './ReviewDialog.tsx'
import { TicketChoices, TicketFields } from './TicketFields.tsx'
import { TicketPreview } from './TicketPreview.tsx'
import { type TicketState, useTicket } from './use-ticket.ts'

type Placed = TicketPlaceOrderMutation['placeOrder']['order']

const nameOf = ({ type }: Placed): string => orderTypeNames[type].toLowerCase()

/** The prices that a placed order waits for. */
function waitedFor({ type, limitPrice, stopPrice }: Placed): string {
  const isTrailing = type === 'TRAILING_STOP'
  const stop = stopPrice ? `stop at ${formatAwaitedPrice(stopPrice, isTrailing)}` : ''
  const limit = limitPrice ? `at ${formatExactPrice(limitPrice)} or better` : ''
  const words = [limit, stop].filter(Boolean).join(', ')
  return words === '' ? '' : `${limit ? ' ' : ', '}${words}`
}

type PlacedOrder = TicketPlaceOrderMutation['placeOrder']['order']

function repeatWords(order: PlacedOrder, what: string, verb: string): string {
  const isDone = order.status === 'COMPLETED'
  const done = isDone ? `${verb} ${what}` : `The ${nameOf(order)} order for ${what} was placed`
  return `${done} once, on ${formatDateTime(order.createdAt)}.`
}

const restWords = (order: PlacedOrder): string =>
  isOpenOrder(order) ? 'The rest waits.' : 'The rest was cancelled.'

function announce({ placeOrder: { order } }: TicketPlaceOrderMutation, isRepeat: boolean): void {
  const what = `${formatQuantity(order.quantity)} ${order.assetId}`
  const verb = order.side === 'BUY' ? 'Bought' : 'Sold'
  // The first attempt may have placed it, which must not look like another order.
  if (isRepeat) {
    notifyDone('Your order went through', repeatWords(order, what, verb), fillToast(order.id))
  } else if (isPartFilled(order)) {
    notifyDone(
      `${verb} ${formatQuantity(order.filledQuantity)} of ${what}`,
      restWords(order),
      fillToast(order.id),
    )
  } else if (order.status === 'PENDING') {
    const until = order.expiresAt ? `, good till ${formatDateTime(order.expiresAt)}` : ''
    notifyDone(`${orderTypeNames[order.type]} order placed`, `${what}${waitedFor(order)}${until}.`)
  } else if (order.status !== 'COMPLETED') {
    notifyDone('Nothing was traded', order.reason ?? undefined)
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

/** What was begun before another asset was chosen is not what one expects in a ticket that one has just opened. */
function Restored({ ticket, assetId }: { ticket: TicketState; assetId: string }) {
  return (
    <Group gap="xs" role="status" wrap="nowrap" justify="space-between" mih={30}>
      <Text size="sm">Your earlier draft for {assetId} is back.</Text>
      <Button size="compact-sm" variant="default" onClick={ticket.clear}>
        Clear
      </Button>
    </Group>
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
  readonly onPlaced?: () => void
}

/** The ticket of one asset: fields, preview, confirmation. Use the asset as its key. */
export function Ticket({ assetId, side, onSide, onPlaced }: TicketProps) {
  const ticket = useTicket(assetId, (placed, isRepeat) => {
    announce(placed, isRepeat)
    onPlaced?.()
  })
  const takeSide = useEffectEvent((next: OrderSide) => {
    if (!ticket.isUnsettled && ticket.draft.side !== next) ticket.chooseSide(next, false)
  })
  useEffect(() => {
    if (side) takeSide(side)
  }, [side])

  const { asset, draft, isUnsettled, isPlacing, reason } = ticket
  if (asset.failure && isNoSuchAsset(asset.failure)) {
    return <NoSuchAsset>Nothing in the market is called {assetId}.</NoSuchAsset>
  }
  const isLocked = isUnsettled || isPlacing
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault()
    if (reason === null && !isPlacing) ticket.review()
  }
  return (
    <form className="ticket" onSubmit={onSubmit} aria-label={`Order ticket for ${assetId}`}>
      <TicketChoices
        ticket={ticket}
        isLocked={isLocked}
        onSide={(chosen) => {
          ticket.chooseSide(chosen, true)
          onSide?.(chosen)
        }}
      />
      {ticket.isRestored && <Restored ticket={ticket} assetId={assetId} />}
      <div className="ticket-columns">
        <TicketFields ticket={ticket} assetId={assetId} isLocked={isLocked} />
        <Stack gap="sm">
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
      </div>
      <ReviewDialog ticket={ticket} />
    </form>
  )
}
