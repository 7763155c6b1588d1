import { formatUsd, type Usd } from '@cnop/kit/money'

/** Money as prose shows it: "$12,345.60", "-$5.00". */
export function formatDollars(value: Usd): string {
  const text = formatUsd(value)
  const isNegative = text.startsWith('-')
  const [whole = '', cents = ''] = (isNegative ? text.slice(1) : text).split('.')
  return `${isNegative ? '-' : ''}$${whole.replace(/\B(?=(?:\d{3})+$)/g, ',')}.${cents}`
}
