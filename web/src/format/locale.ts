import { dateLocale as datesIn, numberLocale as numbersIn } from '@cnop/kit/language'
import { language } from '../i18n.ts'

/** The one locale of numbers, for parsing and formatting. */
export const locale = numbersIn(language)

export const dateLocale = datesIn(language)

const parts = new Intl.NumberFormat(locale).formatToParts(1234.5)
const signOf = (type: 'group' | 'decimal'): string =>
  parts.find((part) => part.type === type)?.value ?? ''

/** Separates groups of three digits: the comma of "1,250". */
export const groupSign = signOf('group')
/** Starts the decimals: the point of "12.50". */
export const decimalSign = signOf('decimal')
