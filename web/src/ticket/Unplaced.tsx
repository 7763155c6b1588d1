import type { Failure } from '../api/errors.ts'
import { formatMoney, formatQuantity } from '../format/money.ts'
import { i18n } from '../i18n.ts'
import { FailureNotice } from '../ui/FailureNotice.tsx'
import { useHiddenAmounts } from '../ui/amounts.tsx'
import { UnsettledNotice } from '../ui/UnsettledNotice.tsx'
import type { DraftedOrder } from './amounts.ts'
import type { TicketState } from './use-ticket.ts'

/** What to do about a refusal whose own sentence does not say it. */
const nextSteps: Partial<Record<Failure['code'], string>> = {
  INSUFFICIENT_FUNDS: i18n.t('Go back and choose a smaller amount, or deposit cash first.'),
  INSUFFICIENT_HOLDINGS: i18n.t('Go back and choose a smaller quantity.'),
  ORDER_TOO_SMALL: i18n.t('Go back and choose a larger amount.'),
  ORDER_TOO_LARGE: i18n.t('Go back and choose a smaller amount.'),
  PRICE_MOVED: i18n.t('It is shown above: place the order at it, or go back.'),
  ASSET_NOT_TRADABLE: i18n.t('Go back and choose another asset.'),
  ASSET_HALTED: i18n.t('You can wait here until it trades again.'),
  LIMIT_REACHED: i18n.t('Cancel an open order, then place this one.'),
  BAD_USER_INPUT: i18n.t('Go back and change the order.'),
  FORBIDDEN: i18n.t('Go back: this account cannot place it.'),
}

/** A refused order: the reason, and what to do next. */
export function NotPlaced({ failure }: { failure: Failure }) {
  const { sentence, code } = failure
  const next = nextSteps[code]
  const words =
    next === undefined
      ? i18n.t('The order was not placed. {reason}', { reason: sentence })
      : i18n.t('The order was not placed. {reason} {next}', { reason: sentence, next })
  return <FailureNotice failure={{ ...failure, sentence: words }} />
}

const hidden = '••••'

/** "$44.00 of ETH", "0.5 ETH" */
function sizeOf(
  { quantity, quoteAmount = '0', assetId }: DraftedOrder,
  areHidden: boolean,
): string {
  if (quantity !== undefined) {
    return `${areHidden ? hidden : formatQuantity(quantity)} ${assetId}`
  }
  const amount = areHidden ? hidden : formatMoney(quoteAmount)
  return i18n.t('{amount} of {asset}', { amount, asset: assetId })
}

/** The last order was sent without an answer. */
export function Unsettled({ ticket }: { ticket: TicketState }) {
  const { unsettled, placeFailure } = ticket
  const areHidden = useHiddenAmounts()
  if (!unsettled) return null
  const size = sizeOf(unsettled, areHidden)
  const isBuy = unsettled.side === 'BUY'
  return (
    <UnsettledNotice
      title={i18n.t('Did your last order go through?')}
      noun={
        isBuy
          ? i18n.t('the order to buy {size}', { size })
          : i18n.t('the order to sell {size}', { size })
      }
      again={
        isBuy
          ? i18n.t('Send the order again (buy {size})', { size })
          : i18n.t('Send the order again (sell {size})', { size })
      }
      failure={placeFailure}
      isRunning={ticket.isPlacing}
      onAgain={() => void ticket.sendAgain()}
      onGiveUp={ticket.startOver}
    >
      {i18n.t('Your orders show whether it did.')}
    </UnsettledNotice>
  )
}
