import type { Failure } from '../api/errors.ts'
import { formatMoney, formatQuantity } from '../format/money.ts'
import { FailureNotice } from '../ui/FailureNotice.tsx'
import { useHiddenAmounts } from '../ui/amounts.tsx'
import { UnsettledNotice } from '../ui/UnsettledNotice.tsx'
import type { DraftedOrder } from './amounts.ts'
import type { TicketState } from './use-ticket.ts'

/** What to do about a refusal whose own sentence does not say it. */
const nextSteps: Partial<Record<Failure['code'], string>> = {
  INSUFFICIENT_FUNDS: 'Go back and choose a smaller amount, or deposit cash first.',
  INSUFFICIENT_HOLDINGS: 'Go back and choose a smaller quantity.',
  ORDER_TOO_SMALL: 'Go back and choose a larger amount.',
  ORDER_TOO_LARGE: 'Go back and choose a smaller amount.',
  PRICE_MOVED: 'It is shown above: place the order at it, or go back.',
  ASSET_NOT_TRADABLE: 'Go back and choose another asset.',
  ASSET_HALTED: 'You can wait here until it trades again.',
  LIMIT_REACHED: 'Cancel an open order, then place this one.',
  BAD_USER_INPUT: 'Go back and change the order.',
  FORBIDDEN: 'Go back: this account cannot place it.',
}

/** A refused order: the reason, and what to do next. */
export function NotPlaced({ failure }: { failure: Failure }) {
  const { sentence, code } = failure
  const words = ['The order was not placed.', sentence, nextSteps[code]].filter(Boolean)
  return <FailureNotice failure={{ ...failure, sentence: words.join(' ') }} />
}

/** "$44.00 of ETH", "0.5 ETH" */
function sizeOf(
  { quantity, quoteAmount = '0', assetId }: DraftedOrder,
  areHidden: boolean,
): string {
  if (areHidden) return `•••• ${quantity === undefined ? 'of ' : ''}${assetId}`
  return quantity === undefined
    ? `${formatMoney(quoteAmount)} of ${assetId}`
    : `${formatQuantity(quantity)} ${assetId}`
}

/** The last order was sent without an answer. */
export function Unsettled({ ticket }: { ticket: TicketState }) {
  const { unsettled, placeFailure } = ticket
  const areHidden = useHiddenAmounts()
  if (!unsettled) return null
  const size = sizeOf(unsettled, areHidden)
  const verb = unsettled.side === 'BUY' ? 'buy' : 'sell'
  return (
    <UnsettledNotice
      title="Did your last order go through?"
      noun={`the order to ${verb} ${size}`}
      again={`Send the order again (${verb} ${size})`}
      failure={placeFailure}
      isRunning={ticket.isPlacing}
      onAgain={() => void ticket.sendAgain()}
      onGiveUp={ticket.startOver}
    >
      Your orders show whether it did.
    </UnsettledNotice>
  )
}
