import { BadInput } from '@cnop/kit/errors'
import { refuseMarkup } from './markup.ts'

const pattern = /^[a-z0-9_]{6,30}$/

/** The form in which a username is stored and compared: lower case. */
export function readUsername(text: string): string {
  refuseMarkup('username', text)
  const username = text.toLowerCase()
  if (!pattern.test(username))
    throw new BadInput('username', 'must be 6 to 30 letters, digits or underscores')
  return username
}
