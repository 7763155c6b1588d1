import { BadInput } from '@cnop/kit/errors'

const minCharacters = 12
const maxCharacters = 128

const classes: readonly (readonly [RegExp, string])[] = [
  [/[A-Z]/, 'an upper-case letter'],
  [/[a-z]/, 'a lower-case letter'],
  [/[0-9]/, 'a digit'],
  [/[!@#$%^&*()\-_=+.]/, 'one of !@#$%^&*()-_=+.'],
]

/**
 * Checks a new password and gives it back in Unicode form NFC, because one keyboard sends "é" as one code point and
 * another as two. Nothing else is altered. Characters are code points after normalisation.
 */
export function readNewPassword(field: 'password' | 'newPassword', text: string): string {
  const password = text.normalize('NFC')
  const length = Array.from(password).length
  if (length < minCharacters || length > maxCharacters) {
    throw new BadInput(field, `must have ${minCharacters} to ${maxCharacters} characters`)
  }
  const missing = classes.filter(([pattern]) => !pattern.test(password)).map(([, name]) => name)
  if (missing.length > 0) throw new BadInput(field, `must contain ${missing.join(', ')}`)
  return password
}

/** A password that is only compared. */
export interface OfferedPassword {
  /** In Unicode form NFC, as passwords are hashed. */
  readonly normalised: string
  /** As it was sent: passwords that were set before normalisation was introduced were hashed like this. */
  readonly typed: string
}

/** Bounds the length of a password that is only compared. Its rule at sign-up may have been another one. */
export function readOfferedPassword(
  field: 'password' | 'currentPassword',
  typed: string,
): OfferedPassword {
  const normalised = typed.normalize('NFC')
  if (typed === '') throw new BadInput(field, 'must not be empty')
  if (Array.from(normalised).length > maxCharacters) {
    throw new BadInput(field, `must have at most ${maxCharacters} characters`)
  }
  return { normalised, typed }
}
