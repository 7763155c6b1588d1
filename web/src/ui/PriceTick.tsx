import { useState } from 'react'
import { formatExactPrice, formatPrice } from '../format/money.ts'
import { i18n } from '../i18n.ts'

type Tick = {
  readonly price: string
  readonly flash: 'up' | 'down' | undefined
  readonly count: number
}

const isHigher = (a: string, b: string): boolean => Number(a) > Number(b)

/** A market price that flashes when it moves. */
export function PriceTick({ price }: { price: string | null | undefined }) {
  const [tick, setTick] = useState<Tick>({ price: price ?? '', flash: undefined, count: 0 })
  if (price && price !== tick.price) {
    const flash = isHigher(price, tick.price) ? 'up' : 'down'
    setTick({ price, flash: tick.price ? flash : undefined, count: tick.count + 1 })
  }
  if (!price) return <span className="flat">{i18n.t('no price')}</span>
  return (
    <span
      key={tick.count}
      className="numeric price-flash"
      data-flash={tick.flash}
      title={formatExactPrice(price)}
    >
      {formatPrice(price)}
    </span>
  )
}
