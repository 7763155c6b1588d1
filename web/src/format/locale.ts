/** The one locale of numbers: what is typed is parsed by it, what is shown is formatted by it. */
export const locale = 'en-US'

const parts = new Intl.NumberFormat(locale).formatToParts(1234.5)
const signOf = (type: 'group' | 'decimal'): string =>
  parts.find((part) => part.type === type)?.value ?? ''

/** Separates groups of three digits: the comma of "1,250". */
export const groupSign = signOf('group')
/** Starts the decimals: the point of "12.50". */
export const decimalSign = signOf('decimal')
