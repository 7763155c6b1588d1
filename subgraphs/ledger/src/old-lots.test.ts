import type { Item } from '@cnop/kit/dynamo'
import { usd } from '@cnop/kit/money'
import { transact } from '@cnop/kit/transact'
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { readAccount, readHolding, readJournal } from './balances.ts'
import { type JournalEntry, withHash } from './chain.ts'
import { chooseLots, type LedgerDeps } from './command.ts'
import { accountItem, entryItem, holdingItem } from './item.ts'
import { realisedKey } from './keys.ts'
import { unpackLots } from './lots.ts'
import { buy, deposit, type LedgerWorld, openAccount, sell } from './testing/ledger-world.ts'
import { startLedgerWorld } from './testing/ledger-world.ts'
import { verifyLedger } from './verify.ts'
import { readProgress, shards, verifyShard } from './verify-new.ts'

const dayMs = 86_400_000
let world: LedgerWorld
let deps: LedgerDeps

beforeAll(async () => {
  world = await startLedgerWorld()
  deps = world.openProcess()
})
beforeEach(() => world.reset())
afterAll(() => world.stop())

const put = (Item: Item): Promise<void> =>
  transact(deps.db, [{ put: { TableName: deps.table, Item } }])

/** Rewrites rows and journal as a release without lots would have written them, with average costs. */
async function forgetLots(costBasis: string): Promise<void> {
  let previousHash = ''
  const entries: JournalEntry[] = []
  for await (const { hash: _hash, lots: _lots, ...entry } of readJournal(deps, 'alice')) {
    const old = withHash({ ...entry, previousHash })
    previousHash = old.hash
    entries.push(old)
  }
  for (const entry of entries) await put(entryItem(entry))
  await put(accountItem({ ...(await readAccount(deps, 'alice')), head: previousHash }))
  const holding = (await readHolding(deps, 'alice', 'BTC'))!
  const { lots: _lots, ...row } = holdingItem('alice', { ...holding, costBasis: usd(costBasis) })
  await put(row)
  const Key = realisedKey('alice', 2026, 'BTC')
  await transact(deps.db, [{ delete: { TableName: deps.table, Key } }])
}

const verifyNew = async () => {
  await Promise.all(shards.map((shard) => verifyShard(deps, shard)))
  return readProgress(deps)
}

const lotsOf = async (assetId = 'BTC') =>
  unpackLots((await readHolding(deps, 'alice', assetId))?.lots ?? '').map(
    ({ day, quantity, basis }) => [day, quantity, basis].map(String),
  )

/** A holding of two, of which three were bought for $10 each. */
async function tradeWithoutLots(): Promise<void> {
  await openAccount(deps)
  await deposit(deps, 'fund', '1000.00')
  await buy(deps, 'one', '1')
  await buy(deps, 'two', '2')
  await sell(deps, 'three', '1')
}

it('reads a holding of an older release as one lot of no known day, as its journal is replayed', async () => {
  await tradeWithoutLots()
  await forgetLots('20.00')
  expect(await lotsOf()).toEqual([['', '200000000', '2000']])
  expect(await verifyLedger(deps)).toMatchObject({ isBalanced: true })
  expect(await verifyNew()).toMatchObject({ isBalanced: true, entries: 4 })
})

it('goes on from there, also behind a checkpoint of the older release', async () => {
  await tradeWithoutLots()
  await forgetLots('20.00')
  await verifyNew()
  world.clock.advance(dayMs)
  await buy(deps, 'four', '1')
  expect(await lotsOf()).toEqual([
    ['', '200000000', '2000'],
    ['2026-01-06', '100000000', '1000'],
  ])
  await sell(deps, 'five', '2.5')
  expect(await lotsOf()).toEqual([['2026-01-06', '50000000', '500']])
  expect(await verifyLedger(deps)).toMatchObject({ isBalanced: true })
  expect(await verifyNew()).toMatchObject({ isBalanced: true, entries: 6 })
})

it('finds an entry that names other lots than its sale took', async () => {
  await tradeWithoutLots()
  const account = await readAccount(deps, 'alice')
  for await (const { hash: _hash, ...entry } of readJournal(deps, 'alice', { after: 3n })) {
    const changed = withHash({ ...entry, lots: '2026-01-04:100000000:1000' })
    await put(entryItem(changed))
    await put(accountItem({ ...account, head: changed.hash }))
  }
  const found = { kind: 'WRONG_LOTS', sequence: 4n, assetId: 'BTC' }
  expect(await verifyLedger(deps)).toMatchObject({ isBalanced: false, discrepancy: found })
})

it('takes the lots that the account has chosen, which the entry keeps', async () => {
  await openAccount(deps)
  await deposit(deps, 'fund', '1000.00')
  await buy(deps, 'one', '1')
  world.clock.advance(dayMs)
  await buy(deps, 'two', '2')
  const choice = { username: 'alice', key: 'choose' }
  expect(await chooseLots(deps, choice, 'HIFO')).toBe('HIFO')
  expect(await chooseLots(deps, choice, 'HIFO')).toBe('HIFO')
  expect(await readAccount(deps, 'alice')).toMatchObject({ lotMethod: 'HIFO', sequence: 3n })
  await sell(deps, 'three', '1')
  await chooseLots(deps, { ...choice, key: 'again' }, 'FIFO')
  await sell(deps, 'four', '1')
  const sales: unknown[] = []
  for await (const { lots, lotMethod } of readJournal(deps, 'alice', { after: 3n })) {
    sales.push([lots, lotMethod])
  }
  // Both days cost the same per unit: the older one comes first.
  expect(sales).toEqual([
    ['2026-01-05:100000000:1000', 'HIFO'],
    ['2026-01-06:100000000:1000', undefined],
  ])
  expect(await verifyLedger(deps)).toMatchObject({ isBalanced: true })
})
