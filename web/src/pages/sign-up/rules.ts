type PasswordRule = { readonly label: string; readonly isMet: (password: string) => boolean }

/** The server's rules, shown while typing; the server decides. */
export const passwordRules: readonly PasswordRule[] = [
  { label: '12 to 128 characters', isMet: ({ length }) => length >= 12 && length <= 128 },
  { label: 'an upper-case letter', isMet: (password) => /[A-Z]/.test(password) },
  { label: 'a lower-case letter', isMet: (password) => /[a-z]/.test(password) },
  { label: 'a digit', isMet: (password) => /\d/.test(password) },
  { label: 'one of !@#$%^&*()-_=+', isMet: (password) => /[!@#$%^&*()\-_=+]/.test(password) },
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

const namePattern = /^[\p{L}][\p{L} '-]{0,49}$/u

export const checkPassword = (password: string): string | null =>
  passwordRules.every(({ isMet }) => isMet(password))
    ? null
    : 'The password does not meet all rules.'

export const checkName = (name: string): string | null =>
  namePattern.test(name.trim()) ? null : '1 to 50 letters, spaces, apostrophes or hyphens.'

export const checkEmail = (email: string): string | null =>
  /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email.trim()) ? null : 'This is not an e-mail address.'

export function checkPhone(phone: string): string | null {
  const digits = phone.replace(/\D/g, '')
  return phone === '' || (digits.length >= 10 && digits.length <= 15) ? null : '10 to 15 digits.'
}

/** One message per field that breaks its rule; null where all is well. */
export const signUpChecks = {
  username: (username: string) =>
    /^\w{6,30}$/.test(username.trim()) ? null : '6 to 30 letters, digits or underscores.',
  email: checkEmail,
  firstName: checkName,
  lastName: checkName,
  password: checkPassword,
  phone: checkPhone,
}
