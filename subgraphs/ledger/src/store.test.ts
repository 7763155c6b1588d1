import { price, quantity, usd } from '@cnop/kit/money'
import { readItem } from '@cnop/kit/read'
import { transact } from '@cnop/kit/transact'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { readAccount, readHolding } from './balances.ts'
import { type Decide, type LedgerDeps, runCommand, type Setback } from './command.ts'
import { buyEntry, depositEntry, withdrawalEntry } from './entry.ts'
import { InsufficientFunds } from './errors.ts'
import { holdingItem } from './item.ts'
import { guardKey } from './keys.ts'
import { openingLots } from './lots.ts'
import {
  buy,
  deposit,
  type LedgerWorld,
  openAccount,
  startLedgerWorld,
  withdraw,
} from './testing/ledger-world.ts'
import { verifyLedger } from './verify.ts'

let world: LedgerWorld
let one: LedgerDeps
let two: LedgerDeps
let setbacks: Setback[]
beforeAll(async () => {
  world = await startLedgerWorld()
  const onSetback = (setback: Setback): void => void setbacks.push(setback)
  one = { ...world.openProcess(), onSetback }
  two = world.openProcess()
})
beforeEach(async () => {
  setbacks = []
  await world.reset()
  await openAccount(one)
  await deposit(one, 'fund', '100.00')
})
afterAll(() => world.stop())

/** Runs something between the first read and the first commit of a command. */
function meanwhile<R>(event: () => Promise<unknown>, decide: Decide<R>): Decide<R> {
  let hasHappened = false
  return async (state, preview) => {
    const decision = await decide(state, preview)
    if (!hasHappened) await event()
    hasHappened = true
    return decision
  }
}

const input = '60.00'
const spend = { username: 'alice', key: 'spend', name: 'WITHDRAWAL', input }
const spends: Decide<{ id: string; sequence: string }> = () => ({
  entry: withdrawalEntry(usd(input)),
  result: ({ entry }) => ({ id: entry.id, sequence: entry.sequence.toString() }),
})

const bought = buyEntry({
  assetId: 'BTC',
  quantity: quantity('1'),
  price: price('10'),
  total: usd('10.00'),
  fee: usd('0'),
  orderId: 'ord_1',
})
const buying = { username: 'alice', key: 'buying', name: 'BUY', input: {}, assetIds: ['BTC'] }

describe('between the read and the commit of a command', () => {
  it('another process moves money: it decides again', async () => {
    const event = () => deposit(two, 'other', '5.00')
    expect(await runCommand(one, spend, meanwhile(event, spends))).toMatchObject({ sequence: '3' })
    expect(setbacks).toEqual(['version-lost'])
    expect(await readAccount(one, 'alice')).toMatchObject({ available: usd('45.00') })
    expect(await verifyLedger(one)).toMatchObject({ isBalanced: true, entries: 3 })
  })

  it('another process spends the money: it is refused', async () => {
    const event = () => withdraw(two, 'other', '50.00')
    await expect(runCommand(one, spend, meanwhile(event, spends))).rejects.toMatchObject({
      code: 'INSUFFICIENT_FUNDS',
    })
  })

  it('the same command is done by another process: it answers with that, and pays once', async () => {
    let other: unknown
    const event = async () => {
      other = await withdraw(two, 'spend', input)
    }
    expect(await runCommand(one, spend, meanwhile(event, spends))).toEqual(other)
    expect(setbacks).toEqual([])
    expect(await readAccount(one, 'alice')).toMatchObject({ available: usd('40.00'), sequence: 2n })
  })

  it('the same command is done by another process: it reports no refusal that this has caused', async () => {
    const event = () => withdraw(two, 'spend', input)
    const refuses = async () => {
      await event()
      throw new InsufficientFunds(usd(input), usd('40.00'))
    }
    expect(await runCommand(one, spend, refuses)).toMatchObject({ sequence: '2' })
  })

  it('the key is used for something else: it is refused', async () => {
    const event = () => withdraw(two, 'spend', '1.00')
    await expect(runCommand(one, spend, meanwhile(event, spends))).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    })
  })

  // A batch may read an old holding beside a new account, so the version of the account alone is not enough.
  it.each<[string, Decide<string>, bigint]>([
    ['changes', () => ({ entry: bought, result: 'done' }), 300_000_000n],
    ['only looks at', () => ({ entry: depositEntry(usd('1')), result: 'done' }), 200_000_000n],
  ])('a holding that it %s is another one: it decides again', async (_name, decide, after) => {
    await buy(one, 'first', '1')
    const held = await readHolding(one, 'alice', 'BTC')
    const changed = { available: quantity('2'), lots: openingLots(quantity('2'), usd('10')) }
    const Item = holdingItem('alice', { ...held!, ...changed, version: 99n })
    const event = () => transact(one.db, [{ put: { TableName: one.table, Item } }])
    await runCommand(one, buying, meanwhile(event, decide))
    expect(setbacks).toEqual(['version-lost'])
    expect(await readHolding(one, 'alice', 'BTC')).toMatchObject({ available: after })
  })

  it('a holding appears: it decides again', async () => {
    const held = {
      assetId: 'BTC',
      available: quantity('2'),
      held: quantity('0'),
      costBasis: usd('5'),
      lots: openingLots(quantity('2'), usd('5')),
    }
    const Item = holdingItem('alice', { ...held, version: 99n })
    const event = () => transact(one.db, [{ put: { TableName: one.table, Item } }])
    const decide: Decide<string> = () => ({ entry: bought, result: 'done' })
    await runCommand(one, buying, meanwhile(event, decide))
    expect(setbacks).toEqual(['version-lost'])
    expect(await readHolding(one, 'alice', 'BTC')).toMatchObject({ available: quantity('3') })
  })
})

it('keeps a guard row for two days, with the hash of the input and the result', async () => {
  await runCommand(one, spend, spends)
  const row = await readItem(one.db, one.table, guardKey('alice', 'spend'))
  const nowSeconds = BigInt(Math.floor(world.clock.now() / 1000))
  expect(row).toMatchObject({ expiresAt: nowSeconds + 172_800n })
  expect(JSON.parse(row?.['result'] as string)).toMatchObject({ sequence: '2' })
  expect(row?.['inputHash']).toMatch(/^[0-9a-f]{64}$/)
})

it('commits in two round trips: one batch and one transaction', async () => {
  const calls: string[] = []
  for (const client of [one.db.documents, one.db.transactions]) {
    client.middlewareStack.add(
      (next, context) => (args) => {
        calls.push((context as { commandName?: string }).commandName ?? '')
        return next(args)
      },
      { step: 'initialize', name: 'count' },
    )
  }
  await runCommand(one, buying, () => ({ entry: bought, result: 'done' }))
  for (const client of [one.db.documents, one.db.transactions])
    client.middlewareStack.remove('count')
  expect(calls).toEqual([
    expect.stringMatching(/^BatchGet/),
    expect.stringMatching(/^TransactWrite/),
  ])
})
