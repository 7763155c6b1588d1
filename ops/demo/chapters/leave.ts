import { at, expectEqual, noErrors, type Chapter, type Step, type Story } from '../story.ts'

const signOut = (): Step => ({
  says: 'They sign out.',
  note: 'Every router learns of it within a second.',
  operation: 'DemoSignOut',
  check: (answer) => {
    noErrors(answer)
    return String(at(answer.data, 'signOut.signedOutAt'))
  },
})

const spentToken = ({ client }: Story): Step => ({
  says: 'Their token is no longer valid.',
  note: 'The token would not expire for an hour. The session has ended all the same.',
  operation: 'DemoFlagship',
  check: ({ status, errorCodes }) => {
    expectEqual(status, 401, 'the status')
    expectEqual(errorCodes.join(','), 'SESSION_ENDED', 'the refusal')
    client.signedIn(undefined)
    return '401 SESSION_ENDED'
  },
})

/** They sign out, permanently. */
export const leave: Chapter = (story) => [signOut(), spentToken(story)]
