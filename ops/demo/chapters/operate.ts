import { at, expectEqual, type Chapter, type Step, type Story } from '../story.ts'

const health = (): Step => ({
  says: 'The platform is healthy.',
  note: 'Each subgraph touches its store. A circuit breaker that is open shows here, and on the system page.',
  operation: 'GET /health',
  check: ({ status, data }) => {
    expectEqual(status, 200, 'the status')
    expectEqual(at(data, 'status'), 'healthy', 'the health')
    return Object.keys(at(data, 'checks') ?? { status: 200 }).join(', ')
  },
})

const guess = (story: Story): Step => ({
  says: 'An attacker guesses the password until their address is blocked.',
  note: 'Failures are counted per address and per account, aliases within one operation included. The owner’s known devices are not held back.',
  operation: 'DemoSignIn',
  waitMs: 60_000,
  variables: () => ({ input: { username: story.username, password: 'Wrong-Horse-26' } }),
  check: ({ errorCodes }) => {
    expectEqual(errorCodes.join(','), 'IP_BLOCKED', 'the refusal')
    return 'IP_BLOCKED'
  },
})

const metrics = (): Step => ({
  says: 'The metrics show the block.',
  note: 'The alert FailedLoginBurst links to its runbook, whose commands a test runs.',
  // Production serves metrics on a port of its own.
  operation: `GET ${process.env['METRICS_URL'] ?? '/metrics'}`,
  check: ({ status, data }) => {
    expectEqual(status, 200, 'the status')
    const [, count] = /^gateway_blocked_addresses (\d+)$/m.exec(String(at(data, 'text'))) ?? []
    if (Number(count) < 1) throw new Error('no address is blocked')
    return `gateway_blocked_addresses ${String(count)}`
  },
})

const findBlock = (story: Story): Step => ({
  says: 'An operator finds the blocked address.',
  note: 'The same list is `npm run block -- list`. Reading it is recorded in the audit trail.',
  operation: 'GET /system/blocks',
  check: ({ status, data }) => {
    expectEqual(status, 200, 'the status')
    story.blockedIp = String(at(data, 'blocks.0.ip'))
    return story.blockedIp
  },
})

const clearBlock = (story: Story): Step => ({
  says: 'They clear the block.',
  note: 'The runbook failed-login-burst describes evidence and follow-up.',
  get operation() {
    return `DELETE /system/blocks/${story.blockedIp}`
  },
  check: ({ status, data }) => {
    expectEqual(status, 200, 'the status')
    expectEqual(at(data, 'wasBlocked'), true, 'the block')
    return 'cleared'
  },
})

/** Before the story begins. */
export const lookAtHealth: Chapter = () => [health()]

/** Blocks the address of the demo. */
export const guessPasswords: Chapter = (story) => [guess(story), metrics()]

/** Needs an administrator's token. */
export const clearBlocks: Chapter = (story) => [findBlock(story), clearBlock(story)]
