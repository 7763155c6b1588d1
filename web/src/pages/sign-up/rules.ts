import {
  ageOn,
  type Checked,
  readAddress,
  readName,
  readPhoneDigits,
} from '@cnop/kit/personal-data'
import { limits } from '@cnop/schema/limits'
import { serverWords } from '../../api/server-words.ts'
import { i18n } from '../../i18n.ts'

type PasswordRule = { readonly label: string; readonly isMet: (password: string) => boolean }

/** The server's rules, displayed during typing; the server decides. */
export const passwordRules: readonly PasswordRule[] = [
  {
    label: i18n.t('12 to 128 characters'),
    isMet: (password) => {
      const { length } = Array.from(password.normalize('NFC'))
      return length >= 12 && length <= 128
    },
  },
  { label: i18n.t('an upper-case letter, A to Z'), isMet: (password) => /[A-Z]/.test(password) },
  { label: i18n.t('a lower-case letter, a to z'), isMet: (password) => /[a-z]/.test(password) },
  { label: i18n.t('a digit, 0 to 9'), isMet: (password) => /\d/.test(password) },
  {
    label: i18n.t('one of !@#$%^&*()-_=+.'),
    isMet: (password) => /[!@#$%^&*()\-_=+.]/.test(password),
  },
]

export type SignUpValues = {
  readonly username: string
  readonly email: string
  readonly firstName: string
  readonly lastName: string
  readonly password: string
  readonly phone: string
  readonly dateOfBirth: string
  readonly marketingConsent: boolean
}

export const checkPassword = (password: string): string | null =>
  passwordRules.every(({ isMet }) => isMet(password))
    ? null
    : i18n.t('The password does not meet all rules.')

const toMessage = ({ fault }: Checked): string | null =>
  fault === undefined ? null : i18n.t('This {reason}.', { reason: serverWords(fault) })

export const checkName = (name: string): string | null => toMessage(readName(name))

/** Browsers convert a domain when it is part of a URL. */
function toAsciiDomain(domain: string): string {
  return URL.canParse(`https://${domain}`) ? new URL(`https://${domain}`).hostname : ''
}

/** An address in the form in which the server compares it; undefined for an invalid one. */
export const readEmail = (email: string): string | undefined =>
  readAddress(email, toAsciiDomain).value

export const checkEmail = (email: string): string | null =>
  toMessage(readAddress(email, toAsciiDomain))

export const phoneHint = i18n.t(
  '10 to 15 digits with the country code. Only the digits are stored.',
)

export const checkPhone = (phone: string): string | null =>
  phone === '' || readPhoneDigits(phone) !== undefined
    ? null
    : i18n.t('10 to 15 digits; only spaces and + - . ( ) may group them.')

/** The server counts years by days in UTC. */
export function checkBirthDate(date: string, nowMs = Date.now()): string | null {
  if (date === '') return null
  const age = ageOn(new Date(nowMs).toISOString().slice(0, 10), date)
  const { youngestAge, oldestAge } = limits
  return age >= youngestAge && age <= oldestAge
    ? null
    : i18n.t('You must be between {youngestAge} and {oldestAge} years old.', {
        youngestAge,
        oldestAge,
      })
}

/** The message for each invalid field; null for a valid one. */
export const signUpChecks = {
  username: (username: string) =>
    /^\w{6,30}$/.test(username.trim())
      ? null
      : i18n.t('6 to 30 letters A to Z, digits or underscores.'),
  email: checkEmail,
  firstName: checkName,
  lastName: checkName,
  password: checkPassword,
  phone: checkPhone,
  dateOfBirth: (date: string) => checkBirthDate(date),
}
