import { expect, it } from '@jest/globals'
import { findEndings } from './endings.ts'
import { openEventTally } from './tally.ts'

const field = (responseName: string, isOfUser = true) => ({ responseName, isOfUser })
const error = (code: string, path?: (string | number)[]) => ({
  message: 'refused',
  ...(path && { path }),
  extensions: { code },
})
const abc = [field('a'), field('b'), field('c')]

it.each([
  ['all that answered', abc, { data: { a: {}, b: {}, c: {} } }, ['ok', 'ok', 'ok']],
  [
    'what came before the first failure as done, and what came behind as never run',
    abc,
    { data: null, errors: [error('WRONG_PASSWORD', ['b'])] },
    ['ok', 'failed', undefined],
  ],
  [
    'what came behind as open when others than the user subgraph were asked as well',
    [field('a'), field('b', false), field('c')],
    { data: null, errors: [error('WRONG_PASSWORD', ['a'])] },
    ['failed', 'unknown', 'unknown'],
  ],
  [
    'everything as open when the subgraph did not answer',
    abc,
    { data: null, errors: [error('SUBGRAPH_UNAVAILABLE', ['a'])] },
    ['unknown', 'unknown', 'unknown'],
  ],
  [
    'a field below that failed as done',
    [field('a')],
    { data: null, errors: [error('INTERNAL', ['a', 'user', 'orders'])] },
    ['ok'],
  ],
  [
    'an operation of a blocked address as blocked',
    abc,
    { errors: [error('IP_BLOCKED')] },
    ['blocked', 'blocked', 'blocked'],
  ],
  [
    'an operation that a limit refused as never run',
    abc,
    { errors: [error('RATE_LIMITED')] },
    [undefined, undefined, undefined],
  ],
])('takes %s', (_what, fields, result, outcomes) => {
  expect(findEndings(fields, result).map((ending) => ending?.outcome)).toEqual(outcomes)
})

it('counts events above the limit of single records, each event once', () => {
  const tally = openEventTally()
  const hit = { action: 'limit.hit', outcome: 'refused', code: 'RATE_LIMITED' } as const
  const of = (client_ip: string, limit: string) => ({ ...hit, client_ip, extra: { limit } })
  const admitted = [
    of('192.0.2.1', 'requests'),
    of('192.0.2.1', 'requests'),
    of('192.0.2.1', 'cost'),
    of('192.0.2.2', 'requests'),
    { ...of('192.0.2.1', 'requests'), request_id: 'another', count: 3 },
  ].map((event) => tally.admit(event))
  expect(admitted).toEqual([true, false, true, true, false])
  expect(tally.close()).toEqual([{ ...of('192.0.2.1', 'requests'), count: 4 }])
  expect(tally.close()).toEqual([])
  expect(tally.admit(of('192.0.2.1', 'requests'))).toBe(true)
})

it('limits the records per minute over all clients, and counts the rest by kind', () => {
  const tally = openEventTally()
  const refused = (index: number) => ({
    action: 'token.refused' as const,
    outcome: 'refused' as const,
    client_ip: `2001:db8:${index}::/64`,
  })
  let admitted = 0
  for (let index = 0; index < 25_000; index += 1) if (tally.admit(refused(index))) admitted += 1
  expect(admitted).toBe(20_000)
  expect(tally.close()).toEqual([{ action: 'token.refused', outcome: 'refused', count: 5_000 }])
})
