import { parsePrice } from '@cnop/kit/money'
import type { TypedAmount } from '../../format/amount.ts'
import { formatExactPrice } from '../../format/money.ts'
import type { PriceAlertDirection } from '../../generated/graphql.ts'

/** Why an alert at this price would be refused; null when it would not. The server has the last word. */
export function alreadyMet(
  { plain }: TypedAmount,
  direction: PriceAlertDirection,
  current: string | undefined,
): string | null {
  if (plain === undefined || current === undefined) return null
  const distance = parsePrice(plain) - parsePrice(current)
  const isAhead = direction === 'ABOVE' ? distance > 0n : distance < 0n
  if (isAhead) return null
  return `The price is ${formatExactPrice(current)} already; choose one ${direction === 'ABOVE' ? 'above' : 'below'} it.`
}
