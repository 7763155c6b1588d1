import { BadInput } from '@cnop/kit/errors'

const minCharacters = 12
const maxCharacters = 128

const classes: readonly (readonly [RegExp, string])[] = [
  [/[A-Z]/, 'an upper-case letter'],
  [/[a-z]/, 'a lower-case letter'],
  [/[0-9]/, 'a digit'],
  [/[!@#$%^&*()\-_=+.]/, 'one of !@#$%^&*()-_=+.'],
]

/** Checks a new password and gives it back exactly as it was sent: trimming or cleaning would change what is hashed. */
export function readNewPassword(field: 'password' | 'newPassword', password: string): string {
  const length = Array.from(password).length
  if (length < minCharacters || length > maxCharacters) {
    throw new BadInput(field, `must have ${minCharacters} to ${maxCharacters} characters`)
  }
  const missing = classes.filter(([pattern]) => !pattern.test(password)).map(([, name]) => name)
  if (missing.length > 0) throw new BadInput(field, `must contain ${missing.join(', ')}`)
  return password
}

/** Bounds a password that is only compared, so that nobody makes us hash a novel. Its rule at sign-up may have been another one. */
export function readOfferedPassword(
  field: 'password' | 'currentPassword',
  password: string,
): string {
  if (password === '') throw new BadInput(field, 'must not be empty')
  if (Array.from(password).length > maxCharacters) {
    throw new BadInput(field, `must have at most ${maxCharacters} characters`)
  }
  return password
}
