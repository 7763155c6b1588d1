import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { startTestDb, type TestDb } from '@cnop/kit/testing/test-db'
import { transact } from '@cnop/kit/transact'
import { AlreadyClaimedToday } from '../domain/errors.ts'
import { claimsTable, claimWrite, readClaimed } from './claims.ts'

let store: TestDb
const day = '2026-02-17'
const claimed = (username: string, on = day) =>
  transact(store.db, [
    claimWrite(
      'claims',
      { username, day: on, size: 'SMALL', claimedAt: `${on}T10:00:00.000Z` },
      () => new AlreadyClaimedToday('tomorrow'),
    ),
  ])

beforeAll(async () => {
  store = await startTestDb([claimsTable('claims')])
})
afterAll(() => store.stop())

it('accepts one claim per user and day, whatever was read before', async () => {
  await claimed('alice_1')
  await expect(claimed('alice_1')).rejects.toThrow(AlreadyClaimedToday)
  await claimed('alice_1', '2026-02-18')
  await claimed('bobby_1')
  const days = ['alice_1', 'bobby_1', 'carol_1'].map((username) => ({ username, day }))
  const answers = await readClaimed({ db: store.db, table: 'claims' }, [...days, ...days])
  expect(answers).toEqual([true, true, false, true, true, false])
})
