import { formatPrice as plainPrice, parsePrice } from '@cnop/kit/money'
import { formatPrice } from '../../format/money.ts'
import type { PriceAlertDirection } from '../../generated/graphql.ts'

/** A positive price as the API writes it, or undefined. */
export function readPrice(text: string): string | undefined {
  try {
    const price = parsePrice(text.trim().replaceAll(',', ''))
    return price > 0n ? plainPrice(price) : undefined
  } catch {
    return undefined
  }
}

/** What is wrong with the typed price; null while nothing is. The server has the last word. */
export function problemOf(
  text: string,
  direction: PriceAlertDirection,
  current: string | undefined,
): string | null {
  if (text === '') return null
  const price = readPrice(text)
  if (price === undefined) return 'A price above zero, as a decimal number.'
  if (current === undefined) return null
  const distance = parsePrice(price) - parsePrice(current)
  const isAhead = direction === 'ABOVE' ? distance > 0n : distance < 0n
  if (isAhead) return null
  return `The price is ${formatPrice(current)} already; choose one ${direction === 'ABOVE' ? 'above' : 'below'} it.`
}
