import { Button, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { type AmountUnit, isMoney, type TypedAmount } from '../format/amount.ts'
import { formatExactPrice, formatMoney, formatQuantity } from '../format/money.ts'
import { useTouched } from './field-message.tsx'

type AmountFieldProps = {
  readonly label: string
  readonly unit: AmountUnit
  /** The ticker of a quantity. */
  readonly ticker?: string
  readonly text: string
  /** The result of `parseAmount`. */
  readonly amount: TypedAmount
  /** The reason why a valid amount cannot be sent. */
  readonly problem?: string | null
  /** Shown below an empty field. */
  readonly hint?: ReactNode
  /** Follows a valid amount, such as its value in another unit. */
  readonly note?: ReactNode
  /** A button that fills the field. */
  readonly fill?:
    { readonly label: string; readonly title: string; readonly text: string } | undefined
  readonly size?: 'sm' | 'md' | 'lg'
  readonly isLocked?: boolean
  /** Names the draft that the text belongs to, where the form has several. */
  readonly draft?: string
  /** The name by which the field is found and focused. */
  readonly path?: string
  readonly onChange: (text: string) => void
}

function understood(plain: string, unit: AmountUnit, ticker: string): string {
  if (unit === 'USD') return formatMoney(plain)
  return unit === 'PRICE' ? formatExactPrice(plain) : `${formatQuantity(plain)} ${ticker}`.trim()
}

/** The parsed amount and its note, or the hint of an empty field. */
function Understood({ unit, ticker = '', amount, hint, note }: AmountFieldProps) {
  const { plain } = amount
  return (
    <>
      <strong className="understood numeric" aria-live="polite">
        {plain !== undefined && understood(plain, unit, ticker)}
      </strong>
      {plain === undefined ? hint : note}
    </>
  )
}

function FillButton({ fill, isLocked = false, onChange }: AmountFieldProps) {
  if (!fill) return null
  return (
    <Button
      size="compact-xs"
      variant="subtle"
      aria-label={fill.title}
      disabled={isLocked}
      onClick={() => onChange(fill.text)}
    >
      {fill.label}
    </Button>
  )
}

/**
 * A field for an amount. It keeps every typed or pasted character and shows below what will be sent, so that a
 * misunderstanding is visible before money moves. Number inputs drop invalid characters, so none is used.
 */
export function AmountField(props: AmountFieldProps) {
  const { label, unit, text, amount, problem = null, fill, size = 'sm', isLocked = false } = props
  const isDollars = isMoney(unit)
  const { field, judged } = useTouched(props.draft)
  const wrong = amount.problem ?? problem
  return (
    <TextInput
      ref={field}
      data-path={props.path}
      label={label}
      placeholder={isDollars ? '0.00' : '0.0'}
      inputMode="decimal"
      autoComplete="off"
      size={size}
      leftSection={isDollars ? '$' : undefined}
      rightSection={fill && <FillButton {...props} />}
      rightSectionWidth={fill && 92}
      {...judged(wrong, <Understood {...props} />, 2)}
      disabled={isLocked}
      value={text}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  )
}
