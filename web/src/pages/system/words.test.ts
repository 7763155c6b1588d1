import { expect, it } from '@jest/globals'
import { describeAnswer, describePlatform, failureKind, spanName } from './words.ts'

it.each([
  ['healthy', 'Healthy', []],
  ['unhealthy', 'Unhealthy', []],
  [
    'degraded (no Redis, order breaker open, 1 of 2 copies of user)',
    'Degraded',
    [
      'Not available: Redis.',
      'Calls to Orders are stopped.',
      'Copies of Accounts available: 1 of 2.',
    ],
  ],
  ['degraded (something new)', 'Degraded', ['something new']],
])('describes the platform that is %j', (status, label, faults) => {
  expect(describePlatform(status)).toEqual({ label, faults })
})

it.each([
  [200, false, '200 OK'],
  [200, true, '200 with errors'],
  [429, false, '429 refused'],
  [503, true, '503 failed'],
  [null, false, 'Caller left'],
] as const)('describes the answer %p, failed: %p, as %s', (status, hasFailed, words) => {
  expect(describeAnswer(status, hasFailed)).toBe(words)
})

it.each([
  ['gateway.fetch', 'Call'],
  ['dynamodb.BatchGetItem', 'Store: get several items'],
  ['redis.evalsha', 'Redis: evalsha'],
  ['POST Flagship', 'POST Flagship'],
])('calls the span %s %s', (name, words) => {
  expect(spanName(name)).toBe(words)
})

it('has words for a failure that it does not know', () => {
  expect([failureKind('circuit_open'), failureKind('some_newKind')]).toEqual([
    'calls were stopped',
    'some new kind',
  ])
})
