import { formatUsd, parseUsd } from '@cnop/kit/money'
import { formatMoney } from '../format/money.ts'
import { i18n } from '../i18n.ts'

export type CashDirection = 'deposit' | 'withdraw'

type Bounds = {
  readonly cash: { readonly withdrawable: string }
  readonly allowance: { readonly depositLeft: string; readonly withdrawLeft: string }
}

/** The smaller of two decimal strings, such as an allowance and a balance. */
function smaller(a: string, b: string): string {
  const [first, second] = [parseUsd(a), parseUsd(b)]
  return formatUsd(first < second ? first : second)
}

/** The maximum that can be moved now, as far as the page knows; the server decides. */
export const ceilingOf = (direction: CashDirection, { cash, allowance }: Bounds): string =>
  direction === 'deposit'
    ? allowance.depositLeft
    : smaller(allowance.withdrawLeft, cash.withdrawable)

/** The reason why the amount cannot be moved, as far as the page knows; the server decides. */
export function overCeiling(plain: string | undefined, ceiling: string | undefined): string | null {
  if (plain === undefined || ceiling === undefined) return null
  return parseUsd(plain) > parseUsd(ceiling)
    ? i18n.t('At most {amount} right now.', { amount: formatMoney(ceiling) })
    : null
}
