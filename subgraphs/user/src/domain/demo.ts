import { demoHistoryMs } from '@cnop/kit/demo'
import { planSignUp } from './user.ts'

/** What the profile of a demo account begins with, and what is left of it at its end. */
export const blankProfile = (username: string) => ({
  email: `${username}@example.com`,
  firstName: 'Demo',
  lastName: 'Trader',
})

/** A demo account, opened in the past, so that a history fits behind it. */
export const planDemoUser = (username: string, password: string, nowMs: number) =>
  planSignUp({ username, password, ...blankProfile(username) }, nowMs - demoHistoryMs)

/** A demo account ends when nobody has used it for this long. */
export const unusedDemoMs = 7 * 86_400_000
