import {
  formatMoney,
  formatQuantity,
  formatSignedMoney,
  formatSignedQuantity,
  signOf,
} from '../format/money.ts'
import { HiddenAmount, useHiddenAmounts } from './amounts.tsx'

const directions = { '-1': 'down', '0': 'flat', '1': 'up' } as const

/** An amount of the user's own money; dots in hide-amounts mode. */
export function Money({ value }: { value: string }) {
  return useHiddenAmounts() ? (
    <HiddenAmount />
  ) : (
    <span className="numeric">{formatMoney(value)}</span>
  )
}

/** A movement of the user's own money: signed and, unless it is neutral, coloured. */
export function MoneyChange({ value, isNeutral = false }: { value: string; isNeutral?: boolean }) {
  const isHidden = useHiddenAmounts()
  if (isHidden) return <HiddenAmount />
  const direction = isNeutral ? 'flat' : directions[`${signOf(value)}`]
  return <span className={`numeric ${direction}`}>{formatSignedMoney(value)}</span>
}

/** A quantity that the user owns. */
export function Quantity({ value, unit }: { value: string; unit?: string }) {
  const isHidden = useHiddenAmounts()
  if (isHidden) return <HiddenAmount />
  return (
    <span className="numeric">
      {unit ? `${formatQuantity(value)} ${unit}` : formatQuantity(value)}
    </span>
  )
}

export function QuantityChange({ value, unit }: { value: string; unit: string }) {
  const isHidden = useHiddenAmounts()
  return isHidden ? (
    <HiddenAmount />
  ) : (
    <span className="numeric">{`${formatSignedQuantity(value)} ${unit}`}</span>
  )
}
