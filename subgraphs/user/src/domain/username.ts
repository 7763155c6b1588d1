import { BadInput } from '@cnop/kit/errors'
import { refuseMarkup } from './markup.ts'

const pattern = /^[A-Za-z0-9_]{6,30}$/

/** The form in which a username is stored and compared: lower case. */
export function readUsername(text: string): string {
  refuseMarkup('username', text)
  // Before lower-casing: some letters of other scripts, such as the Kelvin sign, become ASCII by it.
  if (!pattern.test(text))
    throw new BadInput('username', 'must be 6 to 30 letters, digits or underscores')
  return text.toLowerCase()
}
