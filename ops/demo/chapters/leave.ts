import { at, expectEqual, noErrors, type Chapter, type Step } from '../story.ts'

const signOut = (): Step => ({
  says: 'They sign out.',
  operation: 'DemoSignOut',
  variables: () => ({}),
  check: (answer) => {
    noErrors(answer)
    return String(at(answer.data, 'signOut.signedOutAt'))
  },
})

const spentToken = (): Step => ({
  says: 'Their token is no longer valid.',
  operation: 'DemoFlagship',
  variables: () => ({}),
  check: ({ status, errorCodes }) => {
    expectEqual(status, 401, 'the status')
    expectEqual(errorCodes.join(','), 'SESSION_ENDED', 'the refusal')
    return '401 SESSION_ENDED'
  },
})

/** They sign out, permanently. */
export const leave: Chapter = () => [signOut(), spentToken()]
