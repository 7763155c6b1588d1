import { formatSignedMoney } from '../format/money.ts'
import { directionOf, formatSignedPercent } from '../format/percent.ts'
import { i18n } from '../i18n.ts'
import { HiddenAmount, useHiddenAmounts } from './amounts.tsx'

const marks = { up: '▲', down: '▼', flat: '•' } as const
const words = {
  up: i18n.t('up'),
  down: i18n.t('down'),
  flat: i18n.t('unchanged'),
} as const

/** The direction of a change is shown three times: by sign, colour and symbol. */
export function PercentChange({ percent }: { percent: number | null | undefined }) {
  if (percent === null || percent === undefined) return <span className="flat">–</span>
  const direction = directionOf(percent)
  return (
    <span className={`numeric ${direction}`}>
      <span className="mark" aria-hidden="true">
        {marks[direction]}
      </span>
      <span className="visually-hidden">{words[direction]} </span>
      {formatSignedPercent(percent)}
    </span>
  )
}

/** A gain or loss of the user's own money, with its percentage. */
export function ValueChange({ amount, percent }: { amount: string; percent: number }) {
  const isHidden = useHiddenAmounts()
  const direction = directionOf(percent)
  return (
    <span className={`numeric value-change ${direction}`}>
      <span className="whole">
        <span className="mark" aria-hidden="true">
          {marks[direction]}
        </span>
        {isHidden ? <HiddenAmount /> : formatSignedMoney(amount)}
      </span>{' '}
      <span className="whole">({formatSignedPercent(percent)})</span>
    </span>
  )
}
