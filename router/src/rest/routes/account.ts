import { z } from 'zod'
import { field, value } from '../fields.ts'
import { defineRoute, type Route } from '../route.ts'

const credentials = z.object({
  username: field.username,
  password: field.password(128, 'At least 12 characters of four classes.'),
})

const nameRule = 'Letters of any script, spaces, hyphens, apostrophes or dots; stored as typed.'

const newAccount = z.object({
  username: field.username,
  password: field.password(20, '12 to 20 characters of four classes.'),
  email: field.email,
  first_name: field.personName(nameRule),
  last_name: field.personName(nameRule),
  phone: field.phone.nullish(),
  date_of_birth: field.birthDate.nullish(),
  marketing_emails_consent: field.flag(false, 'Whether marketing mail may be sent.'),
})

const profileChange = z.object({
  first_name: field.personName('Absent or null leaves it as it is.').nullish(),
  last_name: field.personName('Absent or null leaves it as it is.').nullish(),
  email: field.email.nullish(),
  phone: field.phone.nullish(),
  date_of_birth: field.birthDate.nullish(),
})

const profile = z.strictObject({
  username: z.string(),
  email: z.string(),
  first_name: z.string(),
  last_name: z.string(),
  marketing_emails_consent: z.boolean(),
  created_at: value.time,
  updated_at: value.time,
  phone: z.string().nullable(),
  date_of_birth: z.string().nullable(),
})

interface Person {
  readonly username: string
  readonly email: string
  readonly firstName: string
  readonly lastName: string
  readonly phone: string | null
  readonly dateOfBirth: string | null
  readonly marketingConsent: boolean
  readonly createdAt: string
  readonly updatedAt: string
}

const showPerson = (person: Person): z.infer<typeof profile> => ({
  username: person.username,
  email: person.email,
  first_name: person.firstName,
  last_name: person.lastName,
  marketing_emails_consent: person.marketingConsent,
  created_at: person.createdAt,
  updated_at: person.updatedAt,
  phone: person.phone,
  date_of_birth: person.dateOfBirth,
})

/** Leaves out what is absent, null or empty: nothing can be cleared over REST. */
const givenOnly = (fields: Record<string, string | null | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, text]) => (text ? [[name, text] as const] : [])),
  )

const register = defineRoute({
  method: 'post',
  path: '/auth/register',
  tag: 'Account',
  summary: 'Opens an account with a cash balance of zero',
  isProtected: false,
  operation: 'RestRegister',
  example: {
    username: 'ada_lovelace',
    password: 'Correct-Horse-26',
    email: 'ada@example.com',
    first_name: 'Ada',
    last_name: 'Lovelace',
  },
  status: 201,
  refusals: { 409: 'The username or the e-mail address is taken.' },
  inputs: { body: newAccount },
  variables: ({ body }) => ({
    input: {
      username: body.username,
      password: body.password,
      email: body.email,
      firstName: body.first_name,
      lastName: body.last_name,
      marketingConsent: body.marketing_emails_consent,
      ...givenOnly({ phone: body.phone, dateOfBirth: body.date_of_birth }),
    },
  }),
  answer: z.strictObject({ message: z.literal('User registered successfully') }),
  shape: () => ({ message: 'User registered successfully' }),
})

interface SignedIn {
  readonly signIn: { readonly accessToken: string; readonly expiresInSeconds: number }
}

const login = defineRoute({
  method: 'post',
  path: '/auth/login',
  tag: 'Account',
  summary: 'Checks a password and gives an access token',
  description: 'Five wrong passwords from one address block sign-in from it for a while.',
  isProtected: false,
  isSignIn: true,
  operation: 'RestLogin',
  example: { username: 'ada_lovelace', password: 'Correct-Horse-26' },
  status: 200,
  refusals: {
    401: 'The password is wrong.',
    403: 'Sign-in from this address is blocked.',
    404: 'No user has this name.',
  },
  inputs: { body: credentials },
  variables: ({ body }) => ({ input: { ...body, lifetime: 'LONG' } }),
  answer: z.strictObject({
    access_token: z.string(),
    token_type: z.literal('bearer'),
    expires_in: z.int(),
  }),
  shape: ({ signIn }: SignedIn) => ({
    access_token: signIn.accessToken,
    token_type: 'bearer',
    expires_in: signIn.expiresInSeconds,
  }),
})

const readProfile = defineRoute({
  method: 'get',
  path: '/auth/profile',
  tag: 'Account',
  summary: 'Shows the caller’s personal data',
  isProtected: true,
  operation: 'RestProfile',
  status: 200,
  inputs: {},
  variables: () => ({}),
  answer: profile,
  shape: ({ me }: { readonly me: Person }) => showPerson(me),
})

const updateProfile = defineRoute({
  method: 'put',
  path: '/auth/profile',
  tag: 'Account',
  summary: 'Changes personal data',
  isProtected: true,
  operation: 'RestUpdateProfile',
  example: { first_name: 'Ada', email: 'ada@example.com' },
  status: 200,
  refusals: { 409: 'The e-mail address is someone else’s.' },
  inputs: { body: profileChange },
  // An empty name is refused by its length, so that "empty" here only ever means an empty phone number.
  variables: ({ body }) => ({
    input: givenOnly({
      firstName: body.first_name,
      lastName: body.last_name,
      email: body.email,
      phone: body.phone,
      dateOfBirth: body.date_of_birth,
    }),
  }),
  answer: z.strictObject({ message: z.string(), user: profile }),
  shape: ({ updateProfile: { user } }: { readonly updateProfile: { readonly user: Person } }) => ({
    message: 'Profile updated successfully',
    user: showPerson(user),
  }),
})

const logout = defineRoute({
  method: 'post',
  path: '/auth/logout',
  tag: 'Account',
  summary: 'Ends the session of the access token',
  isProtected: true,
  operation: 'SignOut',
  example: {},
  status: 200,
  inputs: { body: z.object({}).meta({ description: 'A JSON object; what it holds is ignored.' }) },
  variables: () => ({}),
  answer: z.strictObject({ message: z.literal('Logged out successfully') }),
  shape: () => ({ message: 'Logged out successfully' }),
})

export const accountRoutes: readonly Route[] = [register, login, readProfile, updateProfile, logout]
