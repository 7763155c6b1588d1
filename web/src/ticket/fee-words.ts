import type { Liquidity } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'

type Fee = {
  readonly feeBasisPoints: number
  readonly liquidity?: Liquidity | null
}

/** The rate of a fee, and whose it is where that is known: "0.4%, taker". */
export function feeRateOf({ feeBasisPoints, liquidity }: Fee): string {
  const rate = `${feeBasisPoints / 100}%`
  if (!liquidity) return rate
  return liquidity === 'MAKER'
    ? i18n.t('{rate}, maker', { rate })
    : i18n.t('{rate}, taker', { rate })
}
