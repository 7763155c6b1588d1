import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useId } from 'react'
import { config } from '../config.ts'
import {
  formatExactPrice,
  formatMoney,
  formatPrice,
  formatQuantity,
  signOf,
} from '../format/money.ts'
import { i18n } from '../i18n.ts'
import { Facts } from '../ui/Facts.tsx'
import { FailureNotice } from '../ui/FailureNotice.tsx'
import { steady, useFocusReturn } from '../ui/focus.tsx'
import { Reserved } from '../ui/Reserved.tsx'
import { useSecondsLeft } from '../ui/wait.ts'
import type { DraftedOrder } from './amounts.ts'
import { useLimitCheck } from './limit-check.tsx'
import { previewFacts } from './preview-facts.tsx'
import { LimitWarning, PreviewSkeleton, Refusal } from './TicketPreview.tsx'
import { isWaiting } from './total-words.ts'
import { NotPlaced } from './Unplaced.tsx'
import type { SentOrder } from './use-draft.ts'
import type { Preview } from './use-preview.ts'
import { sendingOrder, type TicketState, toSend } from './use-ticket.ts'

type GuardProps = {
  readonly order: DraftedOrder
  readonly preview: Preview
}

/** Beyond which price nothing is traded; undefined without one. */
function boundOf({ side, worstPrice, limitPrice }: SentOrder): string | undefined {
  const isBuy = side === 'BUY'
  if (worstPrice !== undefined) {
    const values = { price: formatPrice(worstPrice), percent: config.slippagePercent }
    return isBuy
      ? i18n.t(
          'The price can move until the order fills. Nothing is traded above {price}, which is at most {percent}% worse than now.',
          values,
        )
      : i18n.t(
          'The price can move until the order fills. Nothing is traded below {price}, which is at most {percent}% worse than now.',
          values,
        )
  }
  if (limitPrice === undefined) return undefined
  const price = formatExactPrice(limitPrice)
  return isBuy
    ? i18n.t(
        'The price can move until the order fills. Nothing is traded above {price}, your limit.',
        { price },
      )
    : i18n.t(
        'The price can move until the order fills. Nothing is traded below {price}, your limit.',
        { price },
      )
}

/** The most that dollars at the market pay or bring. */
function mostOf({ side }: SentOrder, quoteAmount: string, hasFee: boolean): string {
  const amount = formatMoney(quoteAmount)
  if (side === 'BUY') {
    return hasFee
      ? i18n.t('You never pay more than {amount}, fee included.', { amount })
      : i18n.t('You never pay more than {amount}.', { amount })
  }
  return hasFee
    ? i18n.t('You receive no more than {amount}, fee included.', { amount })
    : i18n.t('You receive no more than {amount}.', { amount })
}

/** The worst price of an order that fills now; null for one that does not. */
function Guard({ order, preview }: GuardProps) {
  const sent = toSend(order, preview.price)
  const bound = boundOf(sent)
  if (bound === undefined || isWaiting({ preview })) return null
  const { quoteAmount } = sent
  return (
    <Text size="xs" c="dimmed">
      {quoteAmount === undefined
        ? bound
        : i18n.t('{bound} {most}', {
            bound,
            most: mostOf(sent, quoteAmount, signOf(preview.fee) !== 0),
          })}
    </Text>
  )
}

/** The reason why the order cannot be placed at present, or null. */
function reasonNotToPlace(ticket: TicketState): string | null {
  const { preview, isPreviewCurrent, failure, isTraded, isPlacing, awaited } = ticket
  if (isPlacing) return sendingOrder
  if (!isTraded) return i18n.t('This asset cannot be traded at the moment.')
  if (preview && preview.refusal !== null) return i18n.t('This order would be refused, see above.')
  if (failure) return i18n.t('What the order would do is not known, see above.')
  return isPreviewCurrent ? null : awaited
}

/** What the order would do, as it is known now; the buttons below do not move meanwhile. */
function Effects({ ticket, order }: { ticket: TicketState; order: DraftedOrder }) {
  const { preview, portfolio: balances, isPlacing } = ticket
  if (ticket.failure && !isPlacing) {
    const sentence = i18n.t('{reason} Nothing has been sent.', { reason: ticket.failure.sentence })
    return <FailureNotice failure={{ ...ticket.failure, sentence }} onRetry={ticket.retry} />
  }
  if (!preview) return <PreviewSkeleton />
  const shown = { order, preview }
  return (
    <Stack>
      <Facts facts={previewFacts({ ...shown, balances }, { withPrice: true })} />
      <LimitWarning {...shown} />
      <Refusal {...shown} />
      {preview.refusal === null && <Guard {...shown} />}
    </Stack>
  )
}

function Review({ ticket, order }: { ticket: TicketState; order: DraftedOrder }) {
  const { isPlacing, placeFailure } = ticket
  const reasonId = useId()
  const limit = useLimitCheck({ order, preview: ticket.preview }, isPlacing)
  const isTooEarly = useSecondsLeft(placeFailure) > 0
  const reason =
    reasonNotToPlace(ticket) ??
    limit.reason ??
    (isTooEarly ? i18n.t('It is too early to try again, see below.') : null)
  return (
    <Stack>
      <Reserved>
        <Effects ticket={ticket} order={order} />
        {limit.check}
      </Reserved>
      <Group justify="flex-end">
        <Button variant="default" disabled={isPlacing} onClick={ticket.endReview}>
          {i18n.t('Back')}
        </Button>
        <Button
          renderRoot={steady}
          color={order.side === 'BUY' ? 'gain.7' : 'loss.7'}
          loading={isPlacing}
          disabled={reason !== null}
          aria-describedby={reasonId}
          onClick={() => void ticket.place()}
        >
          {i18n.t('Place order')}
        </Button>
      </Group>
      <Text id={reasonId} size="xs" c="dimmed" mih="1.4em" ta="right" aria-live="polite">
        {reason}
      </Text>
      {placeFailure && <NotPlaced failure={placeFailure} />}
    </Stack>
  )
}

/** The order as one line, with the size that is sent. */
function titleOf({ side, quantity, quoteAmount = '0', assetId }: DraftedOrder): string {
  const isBuy = side === 'BUY'
  if (quantity === undefined) {
    const values = { asset: assetId, amount: formatMoney(quoteAmount) }
    return isBuy
      ? i18n.t('Buy {asset} for {amount}?', values)
      : i18n.t('Sell {asset} for {amount}?', values)
  }
  const values = { quantity: formatQuantity(quantity), asset: assetId }
  return isBuy
    ? i18n.t('Buy {quantity} {asset}?', values)
    : i18n.t('Sell {quantity} {asset}?', values)
}

/** Confirmation of the order as it will be sent. A sent order cannot be taken back, so the dialog stays until its answer. */
export function ReviewDialog({ ticket }: { ticket: TicketState }) {
  const { order, isPlacing } = ticket
  useFocusReturn(ticket.isReviewing)
  return (
    <Modal
      opened={ticket.isReviewing}
      onClose={ticket.endReview}
      // What appears below the buttons must not move them.
      centered={false}
      yOffset="8vh"
      closeOnEscape={!isPlacing}
      closeOnClickOutside={!isPlacing}
      closeButtonProps={{ 'aria-label': i18n.t('Close'), disabled: isPlacing }}
      // The button that places the order gets the focus only from the user.
      title={
        <span data-autofocus tabIndex={-1}>
          {order && titleOf(order)}
        </span>
      }
      // The order is gone while the dialog fades, which would show it empty.
      transitionProps={{ exitDuration: 0 }}
    >
      {order && <Review ticket={ticket} order={order} />}
    </Modal>
  )
}
