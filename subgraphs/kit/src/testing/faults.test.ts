import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readItem } from '../read.ts'
import { transact } from '../transact.ts'
import { addFaults, type Fault } from './faults.ts'
import { startTestDb, type TestDb } from './test-db.ts'

let store: TestDb
beforeAll(async () => {
  store = await startTestDb([{ name: 'things', indexes: [], hasTimeToLive: false }])
})
afterAll(() => store.stop())

const rates = { conflict: 0.1, throttle: 0.1, loseRequest: 0.1, loseReply: 0.1 }
const commands = ['TransactWriteItems']

const increment = (pk: string) => ({
  TableName: 'things',
  Key: { pk, sk: 'row' },
  UpdateExpression: 'ADD amount :one',
  ExpressionAttributeValues: { ':one': 1n },
})

/** Makes a number of increments under faults; answers how each ended, and what was counted. */
async function run(pk: string, seed: number): Promise<{ story: string; happened: Fault[] }> {
  const faults = addFaults(store.db, { seed, rates, commands })
  const story: string[] = []
  for (let count = 0; count < 60; count++) {
    const write = transact(store.db, [{ update: increment(pk) }])
    story.push(
      await write.then(
        () => 'written',
        (error: unknown) => (error as Error).name,
      ),
    )
  }
  faults.remove()
  const happened = (Object.keys(faults.counts) as Fault[]).filter((each) => faults.counts[each] > 0)
  return { story: story.join(' '), happened }
}

describe('faults', () => {
  it('are the same for the same seed, and others for another', async () => {
    const [first, again, other] = [await run('a', 7), await run('b', 7), await run('c', 8)]
    expect(first.happened).toEqual(['conflict', 'throttle', 'loseRequest', 'loseReply'])
    expect(again.story).toBe(first.story)
    expect(other.story).not.toBe(first.story)
  })

  it('write once for each reported success, and at most once for each unknown outcome', async () => {
    const { story } = await run('d', 9)
    const written = story.split(' ').filter((word) => word === 'written').length
    const unknown = story.split(' ').filter((word) => word === 'OutcomeUnknown').length
    expect(written + unknown).toBe(60)
    const row = await readItem(store.db, 'things', { pk: 'd', sk: 'row' })
    expect(row?.['amount']).toBeGreaterThanOrEqual(BigInt(written))
    expect(row?.['amount']).toBeLessThanOrEqual(BigInt(written + unknown))
    expect(unknown).toBeGreaterThan(0)
  })

  it('spare the commands that are not named, and end when they are removed', async () => {
    const faults = addFaults(store.db, { seed: 1, rates: { loseRequest: 1 }, commands })
    await readItem(store.db, 'things', { pk: 'a', sk: 'row' })
    expect(faults.counts.loseRequest).toBe(0)
    faults.remove()
    await transact(store.db, [{ update: increment('e') }])
  })

  it('fail single writes with the store’s conflict error', async () => {
    const faults = addFaults(store.db, { seed: 1 })
    faults.force('slow', 'conflict')
    await store.db.documents.send(new UpdateCommand(increment('f')))
    const rival = store.db.documents.send(new UpdateCommand(increment('f')))
    await expect(rival).rejects.toMatchObject({ name: 'TransactionConflictException' })
    expect(faults.counts).toMatchObject({ slow: 1, conflict: 1 })
    faults.remove()
  })
})
