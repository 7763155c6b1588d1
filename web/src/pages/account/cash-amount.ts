import { formatUsd, parseUsd } from '@cnop/kit/money'
import type { TypedAmount } from '../../format/amount.ts'
import { formatMoney } from '../../format/money.ts'

/** The smaller of two decimal strings: what may be moved, or what is there. */
export function smaller(a: string, b: string): string {
  const [first, second] = [parseUsd(a), parseUsd(b)]
  return formatUsd(first < second ? first : second)
}

/** Why the amount cannot be moved as far as this page knows; the server has the last word. */
export function overCeiling({ plain }: TypedAmount, ceiling: string | undefined): string | null {
  if (plain === undefined || ceiling === undefined) return null
  return parseUsd(plain) > parseUsd(ceiling) ? `At most ${formatMoney(ceiling)} right now.` : null
}
