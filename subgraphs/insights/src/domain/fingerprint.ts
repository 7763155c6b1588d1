import type { Facts } from './facts.ts'

/** Keeps two significant digits, so that small trades and deposits make no difference. */
function bucket(amount: bigint): string {
  const digits = amount.toString()
  return `${digits.slice(0, 2)}e${Math.max(0, digits.length - 2)}`
}

/**
 * What an insight's text depends on, roughly: which assets, about how many of each, about how much cash.
 * Prices are left out, so that a tick changes nothing.
 */
export function describePositions({ cash, holdings }: Facts): string {
  const positions = holdings
    .filter(({ quantity }) => quantity > 0n)
    .map(({ assetId, quantity }) => `${assetId}=${bucket(quantity)}`)
    .sort()
  return [`cash=${bucket(cash.posted)}`, ...positions].join('|')
}

/** Whether the portfolio's value left the neighbourhood, a tenth up or down, in which a text was written. */
export function hasMovedFar(then: bigint, now: bigint): boolean {
  const distance = now > then ? now - then : then - now
  return distance * 10n > then
}
