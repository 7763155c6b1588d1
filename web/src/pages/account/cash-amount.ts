import { formatUsd, parseUsd, type Usd } from '@cnop/kit/money'

/** A positive amount with at most two decimals, or undefined. */
export function readAmount(text: string): Usd | undefined {
  try {
    const amount = parseUsd(text.trim().replaceAll(',', ''))
    return amount > 0n ? amount : undefined
  } catch {
    return undefined
  }
}

/** The smaller of two decimal strings: what may be moved, or what is there. */
export function smaller(a: string, b: string): string {
  const [first, second] = [parseUsd(a), parseUsd(b)]
  return formatUsd(first < second ? first : second)
}

export const isMoreThan = (amount: Usd, limit: string): boolean => amount > parseUsd(limit)
