import { BadInput } from '@cnop/kit/errors'
import { refuseMarkup } from './markup.ts'

const maxRawLength = 40

/** A phone number as digits; blanks, brackets, plus signs and the like are removed. */
export function readPhone(text: string): string {
  refuseMarkup('phone', text)
  const digits = text.replaceAll(/\D/g, '')
  if (text.length > maxRawLength || digits.length < 10 || digits.length > 15) {
    throw new BadInput('phone', 'must have 10 to 15 digits')
  }
  return digits
}
