import { BadInput } from '@cnop/kit/errors'
import { readPhoneDigits } from '@cnop/kit/personal-data'
import { refuseMarkup } from './markup.ts'

/** A phone number as ASCII digits. Spaces, hyphens, dots, brackets and a leading plus sign are removed. */
export function readPhone(text: string): string {
  refuseMarkup('phone', text)
  const digits = readPhoneDigits(text)
  if (digits === undefined)
    throw new BadInput(
      'phone',
      'must have 10 to 15 digits, and otherwise only spaces, hyphens, dots, brackets and a leading plus sign',
    )
  return digits
}
