import { Button, Group, Stack, Text } from '@mantine/core'
import { type SubmitEvent, useEffect, useEffectEvent } from 'react'
import { isNoSuchAsset } from '../api/errors.ts'
import type { OrderSide, TicketPlaceOrderMutation } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import { isPartFilled } from '../lists/order-words.ts'
import { TradingNotice } from '../lists/TradingBadge.tsx'
import { isTicker } from '../paths.ts'
import { FailureNotice, QuietFailure } from '../ui/FailureNotice.tsx'
import { fillToast, notifyDone } from '../ui/notify.ts'
import { SubmitButton } from '../ui/SubmitButton.tsx'
import { fillAnnouncement, repeatAnnouncement, unfilledAnnouncement } from './placed-words.ts'
import { ReviewDialog } from './ReviewDialog.tsx'
import { TicketChoices, TicketFields } from './TicketFields.tsx'
import { TicketPreview } from './TicketPreview.tsx'
import { type TicketState, useTicket } from './use-ticket.ts'

function announce({ placeOrder: { order } }: TicketPlaceOrderMutation, isRepeat: boolean): void {
  const hasFilled = order.status === 'COMPLETED' || isPartFilled(order)
  if (isRepeat || hasFilled) {
    const { title, text } = isRepeat ? repeatAnnouncement(order) : fillAnnouncement(order)
    notifyDone(title, text, fillToast(order.id))
  } else {
    const { title, text } = unfilledAnnouncement(order)
    notifyDone(title, text)
  }
}

/** What is wrong with the asset or the account: below the button, which it does not move. */
function Messages({ ticket, assetId }: { ticket: TicketState; assetId: string }) {
  const { asset, balances } = ticket
  const BalancesNotice = balances.data ? QuietFailure : FailureNotice
  return (
    <>
      <TradingNotice assetId={assetId} state={asset.data?.asset} />
      {asset.failure && !asset.data && (
        <FailureNotice failure={asset.failure} onRetry={asset.retry} />
      )}
      {balances.failure && <BalancesNotice failure={balances.failure} onRetry={balances.retry} />}
    </>
  )
}

/** What was begun before another asset was chosen is not what one expects in a ticket that one has just opened. */
function Restored({ ticket, assetId }: { ticket: TicketState; assetId: string }) {
  return (
    <Group gap="xs" role="status" wrap="nowrap" justify="space-between" mih={30}>
      <Text size="sm">{i18n.t('Your earlier draft for {asset} is back.', { asset: assetId })}</Text>
      <Button size="compact-sm" variant="default" onClick={ticket.clear}>
        {i18n.t('Clear')}
      </Button>
    </Group>
  )
}

/** Stands in place of the ticket. */
export function NoSuchAsset({ id }: { id: string }) {
  return (
    <Text size="sm" role="status">
      {isTicker(id)
        ? i18n.t('Nothing in the market is called {asset}. Choose an asset above.', { asset: id })
        : i18n.t('No asset can have this name. Choose an asset above.')}
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
    return <NoSuchAsset id={assetId} />
  }
  const isLocked = isUnsettled || isPlacing
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault()
    if (reason === null && !isPlacing) ticket.review()
  }
  return (
    <form
      className="ticket"
      onSubmit={onSubmit}
      aria-label={i18n.t('Order ticket for {asset}', { asset: assetId })}
    >
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
            note={i18n.t('You can look at it once more before it is sent.')}
            loading={isPlacing}
          >
            {draft.side === 'BUY' ? i18n.t('Review buy') : i18n.t('Review sale')}
          </SubmitButton>
          <Messages ticket={ticket} assetId={assetId} />
        </Stack>
      </div>
      <ReviewDialog ticket={ticket} />
    </form>
  )
}
