import type { ReactNode } from 'react'
import { problemAt } from '../api/errors.ts'
import type { TypedAmount } from '../format/amount.ts'
import { i18n } from '../i18n.ts'
import { AmountField } from '../ui/AmountField.tsx'
import type { TicketState } from './use-ticket.ts'

/** Below a limit that a stop may have. */
export const optionalLimit = i18n.t('Optional. Without it, the stop trades at the market.')

export type TermProps = { readonly ticket: TicketState; readonly isLocked: boolean }

type PriceProps = TermProps & {
  readonly label: string
  readonly field:
    'limitPrice' | 'stopPrice' | 'stopLimit' | 'takeProfit' | 'stopLoss' | 'stopLossLimit'
  /** The input of the API that the field is sent as. */
  readonly input: string
  readonly typed: TypedAmount
  /** Why the price would be refused. */
  readonly problem?: string | null
  /** Below the empty field. */
  readonly hint: ReactNode
  /** Goes on after the price where it is not the hint. */
  readonly note?: ReactNode
  readonly fill?: { readonly label: string; readonly title: string; readonly text: string }
}

/** A price of an order, beside its size. */
export function PriceField(props: PriceProps) {
  const { ticket, isLocked, label, field, input, typed, problem, hint, note = hint, fill } = props
  return (
    <AmountField
      label={label}
      unit="PRICE"
      draft={ticket.draft.side}
      text={ticket.draft[field]}
      amount={typed}
      problem={problemAt(ticket.failure, input) ?? problem ?? null}
      hint={hint}
      note={note}
      fill={fill}
      isLocked={isLocked}
      onChange={(text) => ticket.change({ [field]: text })}
    />
  )
}
