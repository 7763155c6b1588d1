import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { Item, Key } from './dynamo.ts'
import { BadInput, Contention, InvariantViolation, OutcomeUnknown } from './errors.ts'
import { readItem } from './read.ts'
import { addFaults, type FaultInjector } from './testing/faults.ts'
import { startTestDb, type TestDb } from './testing/test-db.ts'
import { transact, type Write } from './transact.ts'

let store: TestDb
let faults: FaultInjector
beforeAll(async () => {
  store = await startTestDb([{ name: 'things', indexes: [], hasTimeToLive: false }])
})
afterAll(() => store.stop())
beforeEach(async () => {
  await store.reset()
  faults = addFaults(store.db, { seed: 1 })
})
afterEach(() => {
  faults.remove()
})

const keyOf = (pk: string): Key => ({ pk, sk: 'row' })

const put = (pk: string, refused?: Write['refused']): Write => ({
  put: {
    TableName: 'things',
    Item: { ...keyOf(pk), amount: 5n },
    ConditionExpression: 'attribute_not_exists(pk)',
  },
  refused,
})

const read = (pk: string): Promise<Item | undefined> => readItem(store.db, 'things', keyOf(pk))

const refusedAs =
  (word: string) =>
  (existing: Item | undefined): Error =>
    new BadInput(word, `holds ${String(existing?.['amount'])}`)

describe('transact', () => {
  it('throws the error of the first refused write in the order of the list', async () => {
    await transact(store.db, [put('b'), put('c')])
    let stood: Item | undefined
    const refused = (existing: Item | undefined): Error => {
      stood = existing
      return new BadInput('b', 'exists')
    }
    const attempt = transact(store.db, [put('a'), put('b', refused), put('c', refusedAs('c'))])
    await expect(attempt).rejects.toThrow('b: exists')
    expect(stood).toEqual({ pk: 'b', sk: 'row', amount: 5n })
    expect(await read('a')).toBeUndefined()
  })

  it('calls an unexpected refusal a bug', async () => {
    await transact(store.db, [put('a')])
    await expect(transact(store.db, [put('a')])).rejects.toThrow(InvariantViolation)
  })

  it('reports a refused check, update and delete as well', async () => {
    const missing = { TableName: 'things', Key: keyOf('none') }
    const exists = { ConditionExpression: 'attribute_exists(pk)' }
    const update = { ...missing, ...exists, UpdateExpression: 'REMOVE amount' }
    const refused = (existing: Item | undefined): Error => new BadInput('row', typeof existing)
    for (const write of [
      { check: { ...missing, ...exists }, refused },
      { update, refused },
      { delete: { ...missing, ...exists }, refused },
    ]) {
      await expect(transact(store.db, [write])).rejects.toThrow('row: undefined')
    }
  })

  it.each(['conflict', 'throttle', 'loseRequest'] as const)(
    'writes once when a %s is the only trouble or says that it does not know',
    async (fault) => {
      faults.force(fault)
      const attempt = transact(store.db, [put('a')])
      if (fault === 'loseRequest') await expect(attempt).rejects.toThrow(OutcomeUnknown)
      else await attempt
      expect(faults.counts[fault]).toBe(1)
      expect((await read('a')) === undefined).toBe(fault === 'loseRequest')
    },
  )

  it('gives up with CONTENTION, having written nothing, when conflicts do not end', async () => {
    faults.force(...Array.from({ length: 8 }, () => 'conflict' as const))
    await expect(transact(store.db, [put('a')])).rejects.toThrow(Contention)
    expect(await read('a')).toBeUndefined()
  })

  it('says that the outcome is unknown when the reply is lost, and does not write again', async () => {
    faults.force('loseReply')
    const attempt = transact(store.db, [
      {
        update: {
          TableName: 'things',
          Key: keyOf('a'),
          UpdateExpression: 'ADD amount :one',
          ExpressionAttributeValues: { ':one': 1n },
        },
      },
    ])
    await expect(attempt).rejects.toThrow(OutcomeUnknown)
    expect(await read('a')).toMatchObject({ amount: 1n })
  })

  it('prefers a refusal over a conflict of the same attempt', async () => {
    await transact(store.db, [put('a')])
    faults.force('throttle', 'conflict')
    await expect(transact(store.db, [put('a', refusedAs('a'))])).rejects.toThrow('a: holds 5')
  })

  it('passes on what the store rejects, such as a table that does not exist', async () => {
    const write = { put: { TableName: 'nowhere', Item: keyOf('a') } }
    await expect(transact(store.db, [write])).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    })
  })

  it('refuses a fraction before anything is sent', async () => {
    const write = { put: { TableName: 'things', Item: { ...keyOf('a'), rate: 0.5 } } }
    await expect(transact(store.db, [write])).rejects.toThrow(InvariantViolation)
    expect(await read('a')).toBeUndefined()
  })

  it('refuses an empty list and more than a hundred writes', async () => {
    await expect(transact(store.db, [])).rejects.toThrow(InvariantViolation)
    const tooMany = Array.from({ length: 101 }, (_, index) => put(`p${index}`))
    await expect(transact(store.db, tooMany)).rejects.toThrow(InvariantViolation)
  })
})
