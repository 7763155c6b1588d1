import { quantity, usd } from '@cnop/kit/money'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { readAccount, readEntries, readEntry, readHoldings, readJournal } from './balances.ts'
import { type EntryQuery, listEntries } from './activity.ts'
import type { LedgerDeps } from './command.ts'
import { holdCashEntry } from './hold-entries.ts'
import {
  buy,
  deposit,
  type LedgerWorld,
  move,
  openAccount,
  sell,
  startLedgerWorld,
} from './testing/ledger-world.ts'

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

/** Reads all pages. */
async function listAll(query: Omit<EntryQuery, 'username'>): Promise<string[][]> {
  const pages: string[][] = []
  let after: string | undefined
  do {
    const page = await listEntries(deps, { username: 'alice', ...query, after })
    pages.push(page.entries.map(({ sequence }) => sequence.toString()))
    after = page.hasNextPage ? page.endCursor : undefined
  } while (after)
  return pages
}

describe('balances', () => {
  it('are there for the next read', async () => {
    await deposit(deps, 'fund', '100.00')
    await move(deps, 'hold', holdCashEntry({ amount: usd('30'), orderId: 'ord_1', assetId: 'BTC' }))
    expect(await readAccount(deps, 'alice')).toMatchObject({
      available: usd('70.00'),
      held: usd('30.00'),
      depositedToday: usd('100.00'),
    })
  })

  it('list holdings by ticker, and none that was sold', async () => {
    await deposit(deps, 'fund', '100.00')
    for (const assetId of ['SOL', 'BTC', 'ETH']) await buy(deps, `buy-${assetId}`, '1.5', assetId)
    await sell(deps, 'sell', '1.5', 'ETH')
    const holdings = await readHoldings(deps, 'alice')
    expect(holdings.map(({ assetId }) => assetId)).toEqual(['BTC', 'SOL'])
    expect(holdings[0]).toMatchObject({ available: quantity('1.5'), costBasis: usd('15.00') })
  })

  it('refuse a user without an account', async () => {
    await expect(readAccount(deps, 'nobody')).rejects.toMatchObject({ code: 'USER_NOT_FOUND' })
  })
})

describe('the journal', () => {
  beforeEach(async () => {
    for (const index of [1, 2, 3]) await deposit(deps, `in-${index}`, '20.00')
    await buy(deps, 'buy-btc', '1')
    await buy(deps, 'buy-eth', '1', 'ETH')
    await sell(deps, 'sell-btc', '1')
  })

  it('is listed newest first, page by page, with no page after the last', async () => {
    expect(await listAll({ first: 4 })).toEqual([
      ['6', '5', '4', '3'],
      ['2', '1'],
    ])
    expect(await listAll({ first: 6 })).toEqual([['6', '5', '4', '3', '2', '1']])
    expect(await listAll({ first: 3 })).toEqual([
      ['6', '5', '4'],
      ['3', '2', '1'],
    ])
  })

  it('is filtered by kind and asset, over pages', async () => {
    expect(await listAll({ first: 2, kinds: ['DEPOSIT'] })).toEqual([['3', '2'], ['1']])
    expect(await listAll({ first: 1, assetId: 'BTC' })).toEqual([['6'], ['4']])
    expect(await listAll({ first: 5, kinds: ['BUY'], assetId: 'ETH' })).toEqual([['5']])
    expect(await listAll({ first: 5, kinds: ['RED_POCKET'] })).toEqual([[]])
  })

  it('keeps its pages stable when entries are added', async () => {
    const first = await listEntries(deps, { username: 'alice', first: 3 })
    await deposit(deps, 'late', '1.00')
    const next = await listEntries(deps, { username: 'alice', first: 9, after: first.endCursor })
    expect(next.entries.map(({ sequence }) => sequence)).toEqual([3n, 2n, 1n])
  })

  it.each(['', 'nonsense', 'WyJhIl0', 'WyItMSJd'])('refuses %s as a cursor', async (after) => {
    const query = { username: 'alice', first: 3, after }
    await expect(listEntries(deps, query)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
  })

  it('can be read from end to end, or a part of it', async () => {
    const read = async (range: Parameters<typeof readJournal>[2]) => {
      const sequences: bigint[] = []
      for await (const { sequence } of readJournal(deps, 'alice', range)) sequences.push(sequence)
      return sequences
    }
    expect(await read({})).toEqual([1n, 2n, 3n, 4n, 5n, 6n])
    expect(await read({ after: 2n, through: 4n })).toEqual([3n, 4n])
    expect(await read({ after: 6n, through: 6n })).toEqual([])
    expect(await read({ newestFirst: true, through: 2n })).toEqual([2n, 1n])
    expect(await read({ expected: 1 })).toEqual([1n, 2n, 3n, 4n, 5n, 6n])
  })

  it('is read no further than a page needs', async () => {
    const { middlewareStack } = deps.db.documents
    const name = 'countRows'
    let rows = 0
    middlewareStack.add(
      (next) => async (args) => {
        const reply = await next(args)
        rows += (reply.output as { Items?: readonly object[] }).Items?.length ?? 0
        return reply
      },
      { step: 'initialize', name },
    )
    await listEntries(deps, { username: 'alice', first: 2 })
    // Two, one that shows that there is a next page, and one that shows whether the store has more.
    expect(rows).toBe(4)
    middlewareStack.remove(name)
  })

  it('shows single entries by their place', async () => {
    expect(await readEntry(deps, 'alice', 4n)).toMatchObject({ kind: 'BUY', orderId: 'ord_1' })
    expect(await readEntry(deps, 'alice', 7n)).toBeUndefined()
    const entries = await readEntries(deps, 'alice', [6n, 99n, 1n])
    expect(entries.map(({ sequence }) => sequence)).toEqual([6n, 1n])
  })
})
