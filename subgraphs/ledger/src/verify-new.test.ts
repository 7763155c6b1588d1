import type { Item, Key } from '@cnop/kit/dynamo'
import { quantity, usd } from '@cnop/kit/money'
import { readItem } from '@cnop/kit/read'
import { transact } from '@cnop/kit/transact'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { listChangedHolds } from './changed-holds.ts'
import type { LedgerDeps } from './command.ts'
import { holdAssetEntry, holdCashEntry, releaseCashEntry } from './hold-entries.ts'
import { accountKey, checkpointKey, entryKey } from './keys.ts'
import { buy, deposit, type LedgerWorld, move, openAccount } from './testing/ledger-world.ts'
import { startLedgerWorld } from './testing/ledger-world.ts'
import { verifyAccount } from './verify-account.ts'
import { readProgress, readUnverifiedSince, shards, verifyShard } from './verify-new.ts'
import { createVerifierStore } from './verifier-store.ts'
import { verifyLedger } from './verify.ts'

let world: LedgerWorld
let deps: LedgerDeps
beforeAll(async () => {
  world = await startLedgerWorld()
  deps = world.openProcess()
})
afterAll(() => world.stop())
beforeEach(async () => {
  await world.reset()
  await openAccount(deps)
  await openAccount(deps, 'bob')
  await deposit(deps, 'fund', '100.00')
  await buy(deps, 'buy', '3')
})

const verifyAll = async (place = deps) => {
  const found = await Promise.all(shards.map((shard) => verifyShard(place, shard)))
  return found.flatMap((shard) => shard?.discrepancies ?? [])
}

async function edit(key: Key, change: Item): Promise<void> {
  const row = await readItem(deps.db, deps.table, key)
  await transact(deps.db, [{ put: { TableName: deps.table, Item: { ...row, ...change } } }])
}

const hold = (orderId: string) =>
  move(deps, orderId, holdCashEntry({ amount: usd('5'), orderId, assetId: 'ETH' }))

describe('a round', () => {
  it('verifies what is new, counts it once, and leaves no mark', async () => {
    const openedAt = new Date(world.clock.now()).toISOString()
    expect(await readUnverifiedSince(deps)).toBe(openedAt)
    expect(await verifyAll()).toEqual([])
    expect(await readUnverifiedSince(deps)).toBeUndefined()
    world.clock.advance(86_400_000)
    await deposit(deps, 'more', '1.00')
    expect(await readUnverifiedSince(deps)).toBe(new Date(world.clock.now()).toISOString())
    expect(await verifyAll()).toEqual([])
    expect(await readProgress(deps)).toMatchObject({
      isBalanced: true,
      accounts: 2,
      entries: 3,
      verifiedAt: new Date(world.clock.now()).toISOString(),
      assets: [
        { assetId: 'USD', isBalanced: true },
        { assetId: 'BTC', isBalanced: true },
      ],
    })
    expect(await verifyLedger(deps)).toMatchObject({ isBalanced: true, entries: 3 })
  })

  it('finds what is tampered with and not verified yet, again and again', async () => {
    await verifyAll()
    await deposit(deps, 'more', '1.00')
    await edit(entryKey('alice', 3n), { createdAt: '2026-01-01T00:00:00.000Z' })
    for (let round = 1; round <= 2; round += 1) {
      expect(await verifyAll()).toMatchObject([{ kind: 'EDITED_ENTRY', sequence: 3n }])
    }
    expect(await readProgress(deps)).toMatchObject({ isBalanced: false, entries: 2 })
  })

  it.each([
    ['', [{ kind: 'TIME_GOES_BACK', sequence: 3n }]],
    // Entries of before are in the order in which clocks that differed have entered them.
    ['2026-01-06', []],
  ])(
    'finds an entry that goes back in time since %j, as the full one does',
    async (since, found) => {
      await edit(accountKey('alice'), { movedAt: '2026-01-01T00:00:00.000Z', orderedSince: since })
      world.clock.advance(-60_000)
      await deposit(deps, 'more', '1.00')
      world.clock.advance(60_000)
      expect(await verifyAll()).toMatchObject(found)
      expect((await verifyLedger(deps)).discrepancies).toMatchObject(found)
      world.clock.advance(-120_000)
      await deposit(deps, 'and-more', '1.00')
      expect((await verifyLedger(deps)).discrepancies).toMatchObject(found)
    },
  )

  it('leaves what was verified before to the full verification', async () => {
    await verifyAll()
    await edit(entryKey('alice', 1n), { createdAt: '2026-01-01T00:00:00.000Z' })
    await deposit(deps, 'more', '1.00')
    expect(await verifyAll()).toEqual([])
    expect((await verifyLedger(deps)).discrepancy).toMatchObject({ kind: 'EDITED_ENTRY' })
  })

  it('goes on in the middle of a long journal, and beside other rounds', async () => {
    for (let place = 0; place < 7; place += 1) await deposit(deps, `more-${place}`, '1.00')
    const others = [deps, world.openProcess(), world.openProcess()]
    const verdicts = await Promise.all(
      others.map((each) => verifyAccount(createVerifierStore(each), 'alice', { stride: 2 })),
    )
    expect(verdicts.map(({ kind }) => kind)).toContain('verified')
    expect(await readProgress(deps)).toMatchObject({ entries: 9 })
    expect(await verifyLedger(deps)).toMatchObject({ isBalanced: true, entries: 9 })
  })

  it('is not confused by money that moves, and misses none of it', async () => {
    const moves = Array.from({ length: 40 }, (_, place) => deposit(deps, `more-${place}`, '1.00'))
    for (let round = 0; round < 4; round += 1) expect(await verifyAll()).toEqual([])
    await Promise.all(moves)
    expect(await verifyAll()).toEqual([])
    expect(await readUnverifiedSince(deps)).toBeUndefined()
    expect(await readProgress(deps)).toMatchObject({ accounts: 2, entries: 42 })
  })

  it('verifies the other accounts of a part although one cannot be', async () => {
    await edit(accountKey('alice'), { unverifiedSk: '2026-01-01T00:00:00.000Z#alice', head: 7n })
    expect(await verifyAll()).toMatchObject([{ username: 'alice', kind: 'MALFORMED_ROW' }])
    expect(await readProgress(deps)).toMatchObject({ isBalanced: false, accounts: 1 })
  })

  it('names the users whose holds have changed', async () => {
    await verifyAll()
    expect(await listChangedHolds(deps, 10)).toEqual([])
    await hold('ord_2')
    const held = { quantity: quantity('0.5'), orderId: 'ord_3', assetId: 'BTC' }
    await move(deps, 'hold-btc', holdAssetEntry(held))
    await verifyAll()
    expect(await listChangedHolds(deps, 10)).toMatchObject([{ username: 'alice', sequence: 4n }])
    await move(
      deps,
      'release',
      releaseCashEntry({ amount: usd('5'), orderId: 'ord_2', assetId: 'ETH' }),
    )
    await verifyAll()
    expect(await listChangedHolds(deps, 10)).toMatchObject([{ username: 'alice', sequence: 5n }])
  })
})

describe('the full verification', () => {
  it.each<[string, () => Promise<void>]>([
    [
      'an altered checkpoint',
      async () => {
        const row = await readItem(deps.db, deps.table, checkpointKey('alice'))
        const state = String(row?.['state']).replace('"available":"7000"', '"available":"7001"')
        await edit(checkpointKey('alice'), { state })
      },
    ],
    ['a checkpoint beyond the journal', () => edit(checkpointKey('alice'), { sequence: 9n })],
    [
      'a mark that was removed',
      async () => {
        await deposit(deps, 'more', '1.00')
        const update = {
          TableName: deps.table,
          Key: accountKey('alice'),
          UpdateExpression: 'REMOVE unverifiedPk, unverifiedSk',
        }
        await transact(deps.db, [{ update }])
      },
    ],
  ])('finds %s', async (_name, corrupt) => {
    await verifyAll()
    await corrupt()
    expect((await verifyLedger(deps)).discrepancies).toMatchObject([
      { username: 'alice', kind: 'WRONG_CHECKPOINT' },
    ])
  })
})
