import { TextInput } from '@mantine/core'
import { problemAt } from '../api/errors.ts'
import { config } from '../config.ts'
import { displayedPrice, formatPrice } from '../format/money.ts'
import { formatPercent } from '../format/percent.ts'
import { AmountField } from '../ui/AmountField.tsx'
import { fieldMessage } from '../ui/field-message.tsx'
import { isThroughMarket, typedLimit } from './amounts.ts'
import { mostDaysAhead } from './expiry.ts'
import type { TicketState } from './use-ticket.ts'

/** The market price, and how far beyond it a limit is that is rarely intended. */
function LimitNote({ ticket: { draft, marketPrice } }: { ticket: TicketState }) {
  if (!marketPrice) return null
  const { plain: limitPrice } = typedLimit(draft)
  const isFar =
    limitPrice !== undefined &&
    isThroughMarket({ side: draft.side, limitPrice }, marketPrice, config.limitWarningPercent)
  if (!isFar) return <>Now {formatPrice(marketPrice)}</>
  const percent = formatPercent((Number(limitPrice) / Number(marketPrice) - 1) * 100)
  return (
    <span className="warn">
      {percent} {draft.side === 'BUY' ? 'above' : 'below'} the price now, {formatPrice(marketPrice)}
    </span>
  )
}

/** Fields of a limit order only: its price and its last day. */
export function LimitFields({ ticket, isLocked }: { ticket: TicketState; isLocked: boolean }) {
  const { draft, change, marketPrice, expiry, failure } = ticket
  const note = <LimitNote ticket={ticket} />
  return (
    <>
      <AmountField
        label="Limit price"
        unit="PRICE"
        text={draft.limitPrice}
        amount={typedLimit(draft)}
        problem={problemAt(failure, 'limitPrice') ?? null}
        hint={note}
        note={note}
        fill={
          marketPrice
            ? { label: 'Price now', title: 'Use the price now', text: displayedPrice(marketPrice) }
            : undefined
        }
        isLocked={isLocked}
        onChange={(limitPrice) => change({ limitPrice })}
      />
      <TextInput
        type="date"
        label="Good till"
        min={expiry.first}
        max={expiry.last}
        disabled={isLocked}
        value={draft.lastDay}
        {...fieldMessage(
          expiry.problem ?? problemAt(failure, 'expiresAt'),
          `The end of this day, at most ${mostDaysAhead} days ahead. Empty: until you cancel it.`,
          2,
        )}
        onChange={({ currentTarget: { value } }) => change({ lastDay: value })}
      />
    </>
  )
}
