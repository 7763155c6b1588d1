import { BadInput } from '@cnop/kit/errors'
import { refuseMarkup } from './markup.ts'

const maxLength = 254
const maxLocalLength = 64
const local = /^[a-z0-9_%+-]+(?:\.[a-z0-9_%+-]+)*$/
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const topLabel = /^[a-z]{2,63}$/

/** The form in which an e-mail address is stored and compared: trimmed, lower case. */
export function readEmail(text: string): string {
  refuseMarkup('email', text)
  const email = text.trim().toLowerCase()
  if (email.length > maxLength || !isAddress(email)) {
    throw new BadInput('email', 'must be an address such as ada@example.com')
  }
  return email
}

function isAddress(email: string): boolean {
  const at = email.lastIndexOf('@')
  const name = email.slice(0, Math.max(at, 0))
  const labels = email.slice(at + 1).split('.')
  if (at < 1 || name.length > maxLocalLength || !local.test(name)) return false
  return (
    labels.length >= 2 &&
    labels.every((part) => label.test(part)) &&
    topLabel.test(labels.at(-1) ?? '')
  )
}
