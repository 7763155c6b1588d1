import { domainToASCII, domainToUnicode } from 'node:url'
import { BadInput } from '@cnop/kit/errors'
import { readAddress } from '@cnop/kit/personal-data'
import { refuseMarkup } from './markup.ts'

/** The form in which an e-mail address is stored and compared: trimmed, lower case, the domain in ASCII (punycode). */
export function readEmail(text: string): string {
  refuseMarkup('email', text)
  const { value, fault } = readAddress(text, domainToASCII)
  if (fault !== undefined) throw new BadInput('email', fault)
  return value
}

/** A stored address as its owner writes it: the domain in its own script. */
export function showEmail(email: string): string {
  if (!email.includes('xn--')) return email
  const at = email.lastIndexOf('@')
  const shown = `${email.slice(0, at)}@${domainToUnicode(email.slice(at + 1))}`
  // An address that would not parse to the same value is shown as stored.
  return readAddress(shown, domainToASCII).value === email ? shown : email
}
