import type { Liquidity } from '../generated/graphql.ts'

type Fee = {
  readonly feeBasisPoints: number
  readonly liquidity?: Liquidity | null
}

const liquidityNames: Readonly<Record<Liquidity, string>> = { MAKER: 'maker', TAKER: 'taker' }

/** The rate of a fee, and whose it is where that is known: "0.4%, taker". */
export function feeRateOf({ feeBasisPoints, liquidity }: Fee): string {
  const rate = `${feeBasisPoints / 100}%`
  return liquidity ? `${rate}, ${liquidityNames[liquidity]}` : rate
}
