import { at, expectEqual, noErrors, type Chapter, type Step, type Story } from '../story.ts'

const signUp = (story: Story): Step => ({
  says: 'A new user signs up.',
  note: 'Passwords are hashed with Argon2id behind a limiter of its own, so that sign-ups cannot slow down sign-ins.',
  operation: 'DemoSignUp',
  variables: () => ({
    input: {
      username: story.username,
      password: story.password,
      email: `${story.username}@example.com`,
      firstName: 'Mei',
      lastName: 'Lin',
    },
  }),
  check: (answer) => {
    noErrors(answer)
    expectEqual(at(answer.data, 'signUp.user.username'), story.username, 'the username')
    return story.username
  },
})

const failSignIn = (story: Story): Step => ({
  says: 'A wrong password is refused without saying what was wrong.',
  note: 'The response is the same, and takes the same time, for a username that does not exist.',
  operation: 'DemoSignIn',
  variables: () => ({ input: { username: story.username, password: `${story.password}x` } }),
  check: ({ errorCodes }) => {
    expectEqual(errorCodes.join(','), 'INVALID_CREDENTIALS', 'the refusal')
    return 'INVALID_CREDENTIALS'
  },
})

const signIn = (story: Story): Step => ({
  says: 'The correct password opens a session.',
  note: 'The access token is a JWT that the router verifies alone. No subgraph ever sees it.',
  operation: 'DemoSignIn',
  variables: () => ({ input: { username: story.username, password: story.password } }),
  check: (answer) => {
    noErrors(answer)
    story.client.signedIn(String(at(answer.data, 'signIn.accessToken')))
    return `token for ${String(at(answer.data, 'signIn.expiresInSeconds'))} s`
  },
})

const deposit = (story: Story): Step => ({
  says: 'They deposit 5,000 dollars.',
  note: 'One transaction writes the balance and a hash-chained journal entry. Amounts are integers of cents.',
  operation: 'DemoDeposit',
  variables: () => ({ input: { key: story.depositKey, amount: '5000.00' } }),
  check: (answer) => {
    noErrors(answer)
    expectEqual(at(answer.data, 'deposit.cash.available'), '5000.00', 'the cash')
    return `$5000.00, journal entry ${String(at(answer.data, 'deposit.entry.sequence'))}`
  },
})

const depositAgain = (story: Story): Step => ({
  says: 'The same request again, as after a lost reply, moves no money twice.',
  note: 'The key makes every command idempotent, also while two routers receive it at the same time.',
  operation: 'DemoDeposit',
  variables: () => ({ input: { key: story.depositKey, amount: '5000.00' } }),
  check: (answer) => {
    noErrors(answer)
    expectEqual(at(answer.data, 'deposit.cash.available'), '5000.00', 'the cash')
    return `$5000.00, journal entry ${String(at(answer.data, 'deposit.entry.sequence'))}`
  },
})

/** A new user signs up, signs in and deposits cash. */
export const openAccount: Chapter = (story) => [
  signUp(story),
  failSignIn(story),
  signIn(story),
  deposit(story),
  depositAgain(story),
]
