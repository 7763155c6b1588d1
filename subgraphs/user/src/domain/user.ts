import { limits } from '@cnop/schema/limits'
import { toIso, utcDay } from '@cnop/kit/clock'
import { BadInput } from '@cnop/kit/errors'
import type { SignUpInput, UpdateProfileInput } from '../generated/resolvers.ts'
import { readEmail } from './email.ts'
import { readNewPassword } from './password.ts'
import { readUsername } from './username.ts'
import { ageOn, readName, readPhoneDigits } from '@cnop/kit/personal-data'
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

/** A first or last name as it was typed, never re-capitalised. */
export function readPersonName(field: 'firstName' | 'lastName', text: string): string {
  refuseMarkup(field, text)
  const { value, fault } = readName(text)
  if (fault !== undefined) throw new BadInput(field, fault)
  return value
}

/** Checks that a person of this date of birth may have an account now. The date itself was parsed by its scalar. */
export function readBirthDate(date: string, nowMs: number): string {
  const age = ageOn(utcDay(nowMs), date)
  const { youngestAge, oldestAge } = limits
  if (age < youngestAge || age > oldestAge) {
    throw new BadInput(
      'dateOfBirth',
      `must make the user between ${youngestAge} and ${oldestAge} years old`,
    )
  }
  return date
}

export type UserRole = 'CUSTOMER' | 'ADMIN'

/** A person with an account. */
export interface User {
  readonly username: string
  readonly email: string
  readonly firstName: string
  readonly lastName: string
  readonly phone: string | undefined
  readonly dateOfBirth: string | undefined
  readonly marketingConsent: boolean
  readonly role: UserRole
  readonly createdAt: string
  readonly updatedAt: string
}

/** Checks everything a new account needs, in the order of the form, and gives the user and the password to hash. */
export function planSignUp(input: SignUpInput, nowMs: number): { user: User; password: string } {
  const at = toIso(nowMs)
  const username = readUsername(input.username)
  const email = readEmail(input.email)
  const password = readNewPassword('password', input.password)
  const user: User = {
    username,
    email,
    firstName: readPersonName('firstName', input.firstName),
    lastName: readPersonName('lastName', input.lastName),
    phone: input.phone == null ? undefined : readPhone(input.phone),
    dateOfBirth: input.dateOfBirth == null ? undefined : readBirthDate(input.dateOfBirth, nowMs),
    marketingConsent: input.marketingConsent ?? false,
    role: 'CUSTOMER',
    createdAt: at,
    updatedAt: at,
  }
  return { user, password }
}

/** What changes. A field that is absent stays; undefined under `phone` or `dateOfBirth` clears it. */
export interface ProfileChange {
  readonly email?: string
  readonly firstName?: string
  readonly lastName?: string
  readonly phone?: string | undefined
  readonly dateOfBirth?: string | undefined
  readonly marketingConsent?: boolean
}

/** `currentPassword` is not a change: it proves that the account owner requests the new e-mail address. */
type Field = Exclude<keyof UpdateProfileInput, 'currentPassword'>

const clearable: ReadonlySet<Field> = new Set<Field>(['phone', 'dateOfBirth'])

/** Reads a change of personal data: left out stays, null clears what is optional and is refused for the rest. */
export function planProfileChange(input: UpdateProfileInput, nowMs: number): ProfileChange {
  const readers: { readonly [Name in Field]: (value: never) => unknown } = {
    email: readEmail,
    firstName: (value: string) => readPersonName('firstName', value),
    lastName: (value: string) => readPersonName('lastName', value),
    phone: readPhone,
    dateOfBirth: (value: string) => readBirthDate(value, nowMs),
    marketingConsent: (value: boolean) => value,
  }
  const change: Record<string, unknown> = {}
  for (const field of Object.keys(readers) as Field[]) {
    const value = input[field]
    if (value === undefined) continue
    if (value === null && !clearable.has(field)) throw new BadInput(field, 'cannot be cleared')
    change[field] = value === null ? undefined : readers[field](value as never)
  }
  return change
}
