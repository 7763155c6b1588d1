import type { Item, Key } from '@cnop/kit/dynamo'
import { price, quantity, usd } from '@cnop/kit/money'
import { readItem } from '@cnop/kit/read'
import { transact } from '@cnop/kit/transact'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { withHash } from './chain.ts'
import type { LedgerDeps } from './command.ts'
import { buyEntry, depositEntry } from './entry.ts'
import {
  holdAssetEntry,
  holdCashEntry,
  releaseAssetEntry,
  replaceCashEntry,
} from './hold-entries.ts'
import { parseEntry } from './item.ts'
import { accountKey, entryKey, holdingKey, realisedKey } from './keys.ts'
import type { DiscrepancyKind } from './replay.ts'
import {
  buy,
  deposit,
  type LedgerWorld,
  move,
  openAccount,
  sell,
  startLedgerWorld,
  withdraw,
} from './testing/ledger-world.ts'
import { verifyLedger } from './verify.ts'

let world: LedgerWorld
let deps: LedgerDeps
beforeAll(async () => {
  world = await startLedgerWorld()
  deps = world.openProcess()
})
afterAll(() => world.stop())

/** Two users: alice with every kind of row, bob with one deposit. */
beforeEach(async () => {
  await world.reset()
  await openAccount(deps)
  await openAccount(deps, 'bob')
  await deposit(deps, 'fund', '100.00')
  await deposit(deps, 'fund', '50.00', 'bob')
  await withdraw(deps, 'out', '10.00')
  await buy(deps, 'buy', '3')
  await sell(deps, 'sell', '1')
  await move(deps, 'hold', holdCashEntry({ amount: usd('5'), orderId: 'ord_2', assetId: 'ETH' }))
  const held = { quantity: quantity('0.5'), orderId: 'ord_3', assetId: 'BTC' }
  await move(deps, 'hold-btc', holdAssetEntry(held))
})

const put = (row: Item): Promise<void> =>
  transact(deps.db, [{ put: { TableName: deps.table, Item: row } }])

const remove = (key: Key): Promise<void> =>
  transact(deps.db, [{ delete: { TableName: deps.table, Key: key } }])

async function edit(key: Key, change: Item): Promise<void> {
  const row = await readItem(deps.db, deps.table, key)
  await put({ ...row, ...change })
}

const alice = accountKey('alice')
const btc = holdingKey('alice', 'BTC')
const entryAt = (sequence: bigint): Key => entryKey('alice', sequence)

/** Rewrites an entry with a valid hash. */
async function rehash(sequence: bigint, change: Item): Promise<void> {
  const row = await readItem(deps.db, deps.table, entryAt(sequence))
  const { hash: _hash, ...entry } = parseEntry({ ...row, ...change })
  await put({ ...entryAt(sequence), ...withHash(entry) })
}

describe('the verifier', () => {
  it('finds nothing in an intact ledger', async () => {
    expect(await verifyLedger(deps)).toEqual({
      isBalanced: true,
      accounts: 2,
      entries: 7,
      kinds: new Map([
        ['DEPOSIT', 2],
        ['WITHDRAWAL', 1],
        ['BUY', 1],
        ['SELL', 1],
        ['HOLD', 2],
      ]),
      verifiedAt: '2026-01-05T10:00:00.000Z',
      discrepancy: undefined,
      discrepancies: [],
      unsettled: [],
      assets: [
        { assetId: 'USD', isBalanced: true, owned: 12_000n, issued: 12_000n },
        { assetId: 'BTC', isBalanced: true, owned: 200_000_000n, issued: 200_000_000n },
      ],
    })
  })

  it('finds nothing in an empty one', async () => {
    await world.reset()
    expect(await verifyLedger(deps)).toMatchObject({ isBalanced: true, accounts: 0, entries: 0 })
  })

  it.each<[DiscrepancyKind, string, () => Promise<void>, object]>([
    [
      'EDITED_ENTRY',
      'an edited amount',
      () => edit(entryAt(1n), { postings: depositEntry(usd('999.00')).postings }),
      { sequence: 1n },
    ],
    [
      'EDITED_ENTRY',
      'an edited time',
      () => edit(entryAt(2n), { createdAt: '2026-01-01T00:00:00.000Z' }),
      { sequence: 2n },
    ],
    [
      'BROKEN_CHAIN',
      'an entry with a recomputed hash',
      () => rehash(2n, { createdAt: '2026-01-05T09:00:00.000Z' }),
      { sequence: 3n },
    ],
    [
      'WRONG_HEAD',
      'a last entry with a recomputed hash',
      () => rehash(6n, { orderId: 'ord_9' }),
      {},
    ],
    ['MISSING_ENTRY', 'a missing entry', () => remove(entryAt(3n)), { sequence: 3n }],
    ['MISSING_ENTRY', 'a missing last entry', () => remove(entryAt(6n)), { sequence: 6n }],
    [
      'MALFORMED_ROW',
      'an attribute that no hash covers',
      () => edit(entryAt(2n), { note: 'x' }),
      {},
    ],
    ['WRONG_CASH', 'changed cash', () => edit(alice, { available: 123n }), { assetId: 'USD' }],
    ['WRONG_HELD_CASH', 'changed held cash', () => edit(alice, { held: 123n }), { assetId: 'USD' }],
    ['WRONG_DAY_COUNTER', 'a changed counter', () => edit(alice, { depositedToday: 0n }), {}],
    ['WRONG_DAY_COUNTER', 'the other counter', () => edit(alice, { withdrawnToday: 0n }), {}],
    ['WRONG_DAY_COUNTER', 'a changed day', () => edit(alice, { day: '2026-01-06' }), {}],
    ['EXTRA_ENTRY', 'a sequence set back', () => edit(alice, { sequence: 5n }), { sequence: 6n }],
    ['WRONG_VERSION', 'a version set back', () => edit(alice, { version: 5n }), {}],
    ['WRONG_HOLDING', 'a changed holding', () => edit(btc, { available: 1n }), { assetId: 'BTC' }],
    ['WRONG_HELD_QUANTITY', 'a changed hold', () => edit(btc, { held: 1n }), { assetId: 'BTC' }],
    [
      'WRONG_COST_BASIS',
      'a changed cost basis',
      () => edit(btc, { costBasis: 1n }),
      { assetId: 'BTC' },
    ],
    [
      'WRONG_LOTS',
      'a lot of another day',
      () => edit(btc, { lots: '2020-01-01:150000000:1500 2026-01-05:50000000:500' }),
      { assetId: 'BTC' },
    ],
    ['MALFORMED_ROW', 'lots that are none', () => edit(btc, { lots: '2026-01-05:1' }), {}],
    ['WRONG_HOLDING', 'a missing holding', () => remove(btc), { assetId: 'BTC' }],
    [
      'WRONG_HOLDING',
      'a holding from nowhere',
      () =>
        put({
          ...holdingKey('alice', 'ETH'),
          assetId: 'ETH',
          available: 7n,
          held: 0n,
          costBasis: 0n,
          version: 1n,
        }),
      { assetId: 'ETH' },
    ],
    [
      'WRONG_GAINS',
      'a changed gain of a year',
      () => edit(realisedKey('alice', 2026, 'BTC'), { basis: 1n }),
      { assetId: 'BTC' },
    ],
    [
      'WRONG_GAINS',
      'a missing gain of a year',
      () => remove(realisedKey('alice', 2026, 'BTC')),
      { assetId: 'BTC' },
    ],
    [
      'WRONG_GAINS',
      'a gain from nowhere',
      async () => {
        const row = await readItem(deps.db, deps.table, realisedKey('alice', 2026, 'BTC'))
        await put({ ...row, ...realisedKey('alice', 2025, 'BTC'), year: 2025n })
      },
      { assetId: 'BTC' },
    ],
    ['ORPHAN_ROWS', 'a missing account', () => remove(alice), {}],
  ])('finds and names %s: %s', async (kind, _name, corrupt, where) => {
    await corrupt()
    const verification = await verifyLedger(deps)
    expect(verification.isBalanced).toBe(false)
    expect(verification.discrepancies).toHaveLength(1)
    expect(verification.discrepancy).toMatchObject({ kind, username: 'alice', ...where })
  })

  it('says which asset does not add up', async () => {
    await edit(btc, { available: 1n })
    const { assets } = await verifyLedger(deps)
    expect(assets.map(({ assetId, isBalanced }) => [assetId, isBalanced])).toEqual([
      ['USD', true],
      ['BTC', false],
    ])
  })

  it('compares what orders hold with the caller’s list of orders', async () => {
    const seen: [string, object][] = []
    const checkHolds = (username: string, holds: ReadonlyMap<string, object>) => {
      seen.push([username, Object.fromEntries(holds)])
      return Promise.resolve(username === 'alice' ? 'order ord_2 is not open' : undefined)
    }
    const { discrepancy } = await verifyLedger(deps, { checkHolds })
    expect(Object.fromEntries(seen)).toEqual({
      alice: {
        ord_2: { assetId: 'USD', amount: 500n },
        ord_3: { assetId: 'BTC', amount: 50_000_000n },
      },
      bob: {},
    })
    expect(discrepancy).toMatchObject({ kind: 'WRONG_HOLD', message: 'order ord_2 is not open' })
  })

  it.each([
    ['less', usd('4'), 'the replaced order still holds something'],
    ['more', usd('6'), 'the order gives back more than it held'],
  ])('finds a replacement that frees %s than the order held', async (_, freed, message) => {
    const other = holdCashEntry({ amount: usd('5'), orderId: 'ord_4', assetId: 'ETH' })
    await move(deps, 'other', other)
    const terms = { amount: usd('7'), orderId: 'ord_5', assetId: 'ETH' }
    const replacement = { ...terms, replaced: freed, replacedOrderId: 'ord_2' }
    await move(deps, 'replace', replaceCashEntry(replacement))
    const [discrepancy] = (await verifyLedger(deps)).discrepancies
    expect(discrepancy).toMatchObject({ kind: 'WRONG_HOLD', message })
  })

  it('follows a hold from an order to the one that replaces it', async () => {
    const terms = { amount: usd('7'), orderId: 'ord_5', assetId: 'ETH' }
    const replacement = { ...terms, replaced: usd('5'), replacedOrderId: 'ord_2' }
    await move(deps, 'replace', replaceCashEntry(replacement))
    const held: unknown[] = []
    const checkHolds = (username: string, holds: ReadonlyMap<string, object>) => {
      if (username === 'alice') held.push(Object.fromEntries(holds))
      return Promise.resolve(undefined)
    }
    expect((await verifyLedger(deps, { checkHolds })).discrepancies).toEqual([])
    expect(held).toEqual([
      {
        ord_3: { assetId: 'BTC', amount: 50_000_000n },
        ord_5: { assetId: 'USD', amount: 700n },
      },
    ])
  })

  it('follows what was bought into the hold of the order that the buy opened, until that ends', async () => {
    const quantityBought = quantity('2')
    const terms = { assetId: 'ETH', quantity: quantityBought, price: price('1'), fee: usd('0') }
    const opened = { orderId: 'ord_8', openedOrderId: 'ord_9' }
    // It fills in part: it sets cash aside for its rest, and what it bought for the other order.
    const heldAfter = usd('1')
    await move(deps, 'buy-9', buyEntry({ ...terms, ...opened, total: usd('2'), heldAfter }))
    const held: unknown[] = []
    const checkHolds = (username: string, holds: ReadonlyMap<string, object>) => {
      if (username === 'alice') held.push([holds.get('ord_8'), holds.get('ord_9')])
      return Promise.resolve(undefined)
    }
    expect((await verifyLedger(deps, { checkHolds })).discrepancies).toEqual([])
    const hold = { assetId: 'ETH', quantity: quantityBought, orderId: 'ord_9' }
    await move(deps, 'release-9', releaseAssetEntry(hold))
    expect((await verifyLedger(deps, { checkHolds })).discrepancies).toEqual([])
    const own = { assetId: 'USD', amount: 100n }
    expect(held).toEqual([
      [own, { assetId: 'ETH', amount: 200_000_000n }],
      [own, undefined],
    ])
  })

  it('finds nothing while money moves', async () => {
    const moves = Array.from({ length: 60 }, (_, index) => deposit(deps, `more-${index}`, '1.00'))
    const verifications = [await verifyLedger(deps), await verifyLedger(deps)]
    await Promise.all(moves)
    for (const { discrepancies } of verifications) expect(discrepancies).toEqual([])
    expect(await verifyLedger(deps)).toMatchObject({ isBalanced: true, entries: 67 })
  })
})
