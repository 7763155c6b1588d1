import type { Facts } from './facts.ts'

/** Keeps two significant digits, so that small trades and deposits make no difference. */
function bucket(amount: bigint): string {
  const digits = amount.toString()
  return `${digits.slice(0, 2)}e${Math.max(0, digits.length - 2)}`
}

/**
 * The cache key of an insight's text: assets, approximate quantities and approximate cash.
 * Prices are left out, so that a tick changes nothing.
 */
export function describePositions({ cash, holdings }: Facts): string {
  const positions = holdings
    .filter(({ quantity }) => quantity > 0n)
    .map(({ assetId, quantity }) => `${assetId}=${bucket(quantity)}`)
    .sort()
  return [`cash=${bucket(cash.posted)}`, ...positions].join('|')
}

/** Whether the portfolio's value differs by more than a tenth from that of the text. */
export function hasMovedFar(then: bigint, now: bigint): boolean {
  const distance = now > then ? now - then : then - now
  return distance * 10n > then
}
