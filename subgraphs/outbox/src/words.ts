import {
  displayPrice,
  formatPrice,
  formatQuantity,
  formatUsd,
  type Price,
  type Quantity,
  type Usd,
} from '@cnop/kit/money'

/** A price with all its decimals: a rounded one could contradict the one that the user set. */
export const showPrice = (price: Price): string => showDollars(formatPrice(price))

/** A price that nobody set, such as the market's, in the precision in which the dashboard shows it. */
export const showMarketPrice = (price: Price): string => showDollars(displayPrice(price))

export const showUsd = (amount: Usd): string => showDollars(formatUsd(amount))

/** "1,250.5" */
export function showQuantity(quantity: Quantity): string {
  const [whole = '0', fraction] = formatQuantity(quantity).split('.')
  return fraction === undefined ? group(whole) : `${group(whole)}.${fraction}`
}

/** At least two decimals. */
function showDollars(plain: string): string {
  const [whole = '0', fraction = ''] = plain.split('.')
  return `$${group(whole)}.${fraction.padEnd(2, '0')}`
}

/** Thousands apart. */
const group = (whole: string): string => whole.replace(/\B(?=(\d{3})+$)/g, ',')
