import { Fragment, memo } from 'react'
import {
  formatAwaitedPrice,
  formatExactPrice,
  formatMoney,
  formatPrice,
  formatQuantity,
  formatSignedMoney,
  formatSignedQuantity,
  signOf,
} from '../format/money.ts'
import { HiddenAmount, useHiddenAmounts } from './amounts.tsx'
import { Decimals } from './Decimals.tsx'

/** After a group sign. */
const breaks = /(?<=,)/
/** The characters that fit on one line of the narrowest card. */
const mostOnLine = 16

/**
 * Digits that break between groups where the space is too narrow for them, in cards and lists. A number that fits on one line never
 * does, however long its unit.
 */
function Digits({ text, className = '' }: { text: string; className?: string }) {
  const [number = ''] = text.split(' ')
  const parts = number.length > mostOnLine ? text.split(breaks) : [text]
  return (
    <span className={`numeric ${className}`.trim()}>
      {parts.map((part, index) => (
        <Fragment key={index}>
          {index > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </span>
  )
}

const directions = { '-1': 'down', '0': 'flat', '1': 'up' } as const

/** A price that the user set. */
export const ExactPrice = ({ value }: { value: string }) => (
  <Digits text={formatExactPrice(value)} />
)

/** A price that was computed, such as the average of what an order filled at: as market prices are shown, and exact under the pointer. */
export const ComputedPrice = ({ value }: { value: string }) => (
  <span className="numeric" title={formatExactPrice(value)}>
    {formatPrice(value)}
  </span>
)

type AwaitedPriceProps = { readonly value: string; readonly isComputed: boolean }

/** A price that an order waits for. */
export const AwaitedPrice = ({ value, isComputed }: AwaitedPriceProps) => (
  <Digits text={formatAwaitedPrice(value, isComputed)} />
)

/** An amount of the user's own money; dots in hide-amounts mode. */
export function Money({ value }: { value: string }) {
  return useHiddenAmounts() ? <HiddenAmount /> : <Digits text={formatMoney(value)} />
}

/** A movement of the user's own money: signed and, unless it is neutral, coloured. */
export function MoneyChange({ value, isNeutral = false }: { value: string; isNeutral?: boolean }) {
  const isHidden = useHiddenAmounts()
  if (isHidden) return <HiddenAmount />
  const direction = isNeutral ? 'flat' : directions[`${signOf(value)}`]
  return <Digits text={formatSignedMoney(value)} className={direction} />
}

function HiddenQuantity({ unit }: { unit: string | undefined }) {
  return (
    <>
      <HiddenAmount />
      {unit && ` ${unit}`}
    </>
  )
}

type QuantityProps = {
  readonly value: string
  readonly unit?: string
  /** The decimals of its column. */
  readonly decimals?: number
}

/** A quantity that the user owns; in hide-amounts mode its asset remains. */
export const Quantity = memo(function Quantity({ value, unit, decimals = 0 }: QuantityProps) {
  const isHidden = useHiddenAmounts()
  if (isHidden) return <HiddenQuantity unit={unit} />
  const text = formatQuantity(value)
  return (
    <>
      <Digits text={unit ? `${text} ${unit}` : text} />
      <Decimals text={text} decimals={decimals} />
    </>
  )
})

export function QuantityChange({ value, unit }: { value: string; unit: string }) {
  const isHidden = useHiddenAmounts()
  if (isHidden) return <HiddenQuantity unit={unit} />
  return <Digits text={`${formatSignedQuantity(value)} ${unit}`} />
}
