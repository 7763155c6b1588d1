import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { usd } from '@cnop/kit/money'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { type EntryQuery, listEntries } from './activity.ts'
import { readAccount, readHoldings, readJournal } from './balances.ts'
import type { JournalEntry } from './chain.ts'
import type { StoredClosing } from './check-closings.ts'
import { streamClosings } from './closings.ts'
import type { LedgerDeps } from './command.ts'
import { entryKinds } from './entry.ts'
import { holdCashEntry, releaseCashEntry } from './hold-entries.ts'
import { closingKey, entryKey } from './keys.ts'
import { buy, deposit, type LedgerWorld, move, openAccount, sell } from './testing/ledger-world.ts'
import { startLedgerWorld } from './testing/ledger-world.ts'
import { verifyLedger } from './verify.ts'

const dayMs = 86_400_000
let world: LedgerWorld
let deps: LedgerDeps

beforeAll(async () => {
  world = await startLedgerWorld()
  deps = world.openProcess()
})
beforeEach(async () => {
  await world.reset()
  await openAccount(deps)
})
afterAll(() => world.stop())

const hold = (id: string) =>
  move(deps, `hold-${id}`, holdCashEntry({ amount: usd('1'), orderId: id, assetId: 'BTC' }))
const release = (id: string) =>
  move(deps, `release-${id}`, releaseCashEntry({ amount: usd('1'), orderId: id, assetId: 'ETH' }))

async function moveOverDays(): Promise<void> {
  await deposit(deps, 'fund', '1000.00')
  await buy(deps, 'buy', '10')
  world.clock.advance(dayMs)
  await hold('ord_1')
  world.clock.advance(3 * dayMs)
  await sell(deps, 'sell', '5')
  await release('ord_1')
}

async function readClosings(): Promise<StoredClosing[]> {
  const found: StoredClosing[] = []
  for await (const closing of streamClosings(deps, 'alice')) found.push(closing)
  return found
}

describe('closings', () => {
  it('hold what was owned at the end of each day with movements', async () => {
    await moveOverDays()
    const [first, second, ...rest] = await readClosings()
    expect(rest).toEqual([])
    expect(first).toMatchObject({ kind: 'day', row: { sequence: 2n, paidIn: usd('1000.00') } })
    expect(first?.row.holdings).toMatchObject([{ assetId: 'BTC', costBasis: usd('100.00') }])
    expect(second?.row).toMatchObject({ sequence: 3n, available: usd('899.00'), held: usd('1.00') })
    expect(second?.row.until).toBe(new Date(world.clock.now()).toISOString())
    expect(await verifyLedger(deps)).toMatchObject({ isBalanced: true })
  })

  it('are written once when several processes write the first entry of a day', async () => {
    await deposit(deps, 'fund', '1000.00')
    world.clock.advance(dayMs)
    const others = [world.openProcess(), world.openProcess(), world.openProcess()]
    await Promise.all(others.map((other, place) => deposit(other, `more-${place}`, '1.00')))
    const closed = await readClosings()
    expect(closed.map(({ row }) => row.sequence)).toEqual([1n])
    expect(await verifyLedger(deps)).toMatchObject({ isBalanced: true })
  })

  it.each([
    ['SET available = available + :one', 'WRONG_CLOSING'],
    ['REMOVE head', 'MALFORMED_ROW'],
  ])('are verified: after %s there is a %s', async (change, kind) => {
    await moveOverDays()
    const [closing] = await readClosings()
    await deps.db.documents.send(
      new UpdateCommand({
        TableName: deps.table,
        Key: closingKey('alice', 'day', closing!.row),
        UpdateExpression: change,
        ...(change.includes(':one') && { ExpressionAttributeValues: { ':one': 1n } }),
      }),
    )
    const { discrepancy } = await verifyLedger(deps)
    expect(discrepancy).toMatchObject({ username: 'alice', kind })
  })

  it('close a block of 256 entries too', async () => {
    await deposit(deps, 'fund', '1000.00')
    for (let place = 0; place < 256; place += 1) {
      await (place % 2 === 0 ? hold(`ord_${place}`) : release(`ord_${place - 1}`))
    }
    const closed = await readClosings()
    expect(closed).toMatchObject([{ kind: 'block', row: { sequence: 256n, held: usd('1.00') } }])
    expect(await verifyLedger(deps)).toMatchObject({ isBalanced: true })
    expect(await readHoldings(deps, 'alice')).toEqual([])
    expect(await readAccount(deps, 'alice')).toMatchObject({ paidIn: usd('1000.00') })
  })
})

describe('the index of the activity', () => {
  /** What a query should find, by reading everything. */
  async function expected(query: Omit<EntryQuery, 'username' | 'first'>): Promise<string[]> {
    const all: JournalEntry[] = []
    for await (const entry of readJournal(deps, 'alice', { newestFirst: true })) all.push(entry)
    const { kinds, assetId, fromMs = 0, toMs = Infinity } = query
    const found = all.filter(({ kind, assetId: moved, createdAt }) => {
      const atMs = Date.parse(createdAt)
      const isWanted = (!kinds || kinds.includes(kind)) && (!assetId || moved === assetId)
      return isWanted && atMs >= fromMs && atMs < toMs
    })
    return found.map(({ id }) => id)
  }

  async function found(query: Omit<EntryQuery, 'username' | 'first'>): Promise<string[]> {
    const ids: string[] = []
    let after: string | undefined
    do {
      const page = await listEntries(deps, { username: 'alice', first: 2, ...query, after })
      ids.push(...page.entries.map(({ id }) => id))
      after = page.hasNextPage ? page.endCursor : undefined
    } while (after)
    return ids
  }

  it('finds the same as a reader of the whole journal, for every filter', async () => {
    const startMs = world.clock.now()
    await moveOverDays()
    await moveOn()
    const times = [undefined, startMs, startMs + dayMs, startMs + 4 * dayMs, world.clock.now() + 1]
    const kindLists = [undefined, [], ...entryKinds.map((kind) => [kind]), ['BUY', 'HOLD'] as const]
    for (const kinds of kindLists) {
      for (const assetId of [undefined, 'BTC', 'ETH', 'NONE']) {
        for (const fromMs of times) {
          const query = { kinds, assetId, fromMs, toMs: fromMs && fromMs + 2 * dayMs }
          expect([query, await found(query)]).toEqual([query, await expected(query)])
        }
      }
    }
  })

  it('files old entries that a slow clock has dated back under the day of the entry before', async () => {
    const midnight = Date.parse('2026-01-06T00:00:00.000Z')
    for (const [place, offset] of [-2, 1, -1, 2, 3 * dayMs].entries()) {
      world.clock.set(midnight + offset)
      await deposit(deps, `deposit-${place}`, '1.00')
    }
    await deps.db.documents.send(
      new UpdateCommand({
        TableName: deps.table,
        Key: entryKey('alice', 3n),
        UpdateExpression: 'SET createdAt = :before',
        ExpressionAttributeValues: { ':before': new Date(midnight - 1).toISOString() },
      }),
    )
    const sequencesOf = async (query: Omit<EntryQuery, 'username' | 'first'>) =>
      (await listEntries(deps, { username: 'alice', first: 9, ...query })).entries.map(
        ({ sequence }) => sequence,
      )
    const [before, next, end] = [midnight - dayMs, midnight + dayMs, midnight + 9 * dayMs]
    expect(await sequencesOf({ fromMs: before, toMs: midnight })).toEqual([1n])
    expect(await sequencesOf({ toMs: before })).toEqual([])
    expect(await sequencesOf({ fromMs: midnight, toMs: next })).toEqual([4n, 3n, 2n])
    expect(await sequencesOf({ fromMs: midnight, kinds: ['DEPOSIT'] })).toEqual([5n, 4n, 3n, 2n])
    expect(await sequencesOf({ fromMs: next, toMs: end })).toEqual([5n])
    expect(await sequencesOf({ fromMs: end })).toEqual([])
  })

  async function moveOn(): Promise<void> {
    world.clock.advance(dayMs / 3)
    await deposit(deps, 'again', '5.00')
    await hold('ord_9')
    await buy(deps, 'buy-again', '10')
  }
})
