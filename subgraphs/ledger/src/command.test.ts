import { Contention } from '@cnop/kit/errors'
import { quantity, type Usd, usd } from '@cnop/kit/money'
import { transact } from '@cnop/kit/transact'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { readAccount, readHolding, readHoldings } from './balances.ts'
import { closeLedger, isReadOnly, type LedgerDeps, runCommand } from './command.ts'
import { depositEntry } from './entry.ts'
import { holdAssetEntry, holdCashEntry, releaseCashEntry } from './hold-entries.ts'
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
beforeAll(async () => {
  world = await startLedgerWorld()
})
beforeEach(() => world.reset())
afterAll(() => world.stop())

const table = 'ledger'
const openProcess = (): LedgerDeps => world.openProcess()

const cashOf = async (deps: LedgerDeps): Promise<Usd> =>
  (await readAccount(deps, 'alice')).available

describe('runCommand', () => {
  it('moves money once, and answers a repeat with the first result', async () => {
    const deps = openProcess()
    await openAccount(deps)
    const first = await deposit(deps, 'key-one', '100.00')
    const repeat = await deposit(deps, 'key-one', '100.00')
    expect(repeat).toEqual(first)
    expect(await cashOf(deps)).toBe(usd('100.00'))
  })

  it('refuses a key that was used with another input, whatever the state of the account', async () => {
    const deps = openProcess()
    await openAccount(deps)
    await deposit(deps, 'key-one', '100.00')
    await expect(deposit(deps, 'key-one', '100.01')).rejects.toThrow('different request')
    await expect(withdraw(deps, 'key-one', '100.00')).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    })
  })

  it('ignores an expired key whose row still exists', async () => {
    const deps = openProcess()
    await openAccount(deps)
    await deposit(deps, 'key-one', '1.00')
    world.clock.advance(47 * 3_600_000)
    await deposit(deps, 'key-one', '1.00')
    expect(await cashOf(deps)).toBe(usd('1.00'))
    world.clock.advance(2 * 3_600_000)
    await deposit(deps, 'key-one', '2.00')
    expect(await cashOf(deps)).toBe(usd('3.00'))
  })

  it('does not remember a refusal', async () => {
    const deps = openProcess()
    await openAccount(deps)
    await expect(withdraw(deps, 'key-one', '5.00')).rejects.toMatchObject({
      code: 'INSUFFICIENT_FUNDS',
    })
    await deposit(deps, 'key-two', '5.00')
    await withdraw(deps, 'key-one', '5.00')
    expect(await cashOf(deps)).toBe(usd('0.00'))
  })

  it('refuses a user without an account', async () => {
    await expect(deposit(openProcess(), 'key-one', '1.00', 'nobody')).rejects.toMatchObject({
      code: 'USER_NOT_FOUND',
    })
  })

  it('commits the cause together with the money, or neither', async () => {
    const deps = openProcess()
    await openAccount(deps)
    const Item = { pk: 'CLAIM', sk: 'today' }
    const claim = (key: string) =>
      runCommand(deps, { username: 'alice', key, name: 'claim', input: {} }, () => ({
        entry: depositEntry(usd('8.88')),
        cause: [
          {
            put: { TableName: table, Item, ConditionExpression: 'attribute_not_exists(pk)' },
            refused: () => new Contention(),
          },
        ],
        result: 'claimed',
      }))
    expect(await claim('key-one')).toBe('claimed')
    await expect(claim('key-two')).rejects.toThrow(Contention)
    expect(await cashOf(deps)).toBe(usd('8.88'))
  })

  it('writes a cause without money under a key as well', async () => {
    const deps = openProcess()
    await openAccount(deps)
    let runs = 0
    const note = () =>
      runCommand(deps, { username: 'alice', key: 'note', name: 'note', input: {} }, () => {
        runs += 1
        return { entry: undefined, result: runs }
      })
    expect([await note(), await note()]).toEqual([1, 1])
    expect(await readAccount(deps, 'alice')).toMatchObject({ version: 1n, sequence: 0n, head: '' })
  })

  it('passes the requested rows to the decision', async () => {
    const deps = openProcess()
    await openAccount(deps)
    await openAccount(deps, 'bob')
    const key = { pk: 'USER#bob', sk: 'ACCOUNT' }
    const reads = [
      { table, key },
      { table, key: { pk: 'USER#bob', sk: 'NOTHING' } },
    ]
    const command = { username: 'alice', key: 'look', name: 'look', input: {}, reads }
    const seen = await runCommand(deps, command, ({ rows }) => ({
      entry: undefined,
      result: rows.map((row) => row?.username ?? 'absent'),
    }))
    expect(seen).toEqual(['bob', 'absent'])
  })

  it('keeps no row for a holding that was sold to the last unit', async () => {
    const deps = openProcess()
    await openAccount(deps)
    await deposit(deps, 'fund', '1000.00')
    await buy(deps, 'buy', '1.5')
    expect(await readHolding(deps, 'alice', 'BTC')).toMatchObject({ costBasis: usd('15.00') })
    await sell(deps, 'sell', '1.5')
    expect(await readHoldings(deps, 'alice')).toEqual([])
    expect(await readHolding(deps, 'alice', 'BTC')).toBeUndefined()
    await buy(deps, 'again', '1.5')
    expect(await readHolding(deps, 'alice', 'BTC')).toMatchObject({ available: quantity('1.5') })
    expect(await verifyLedger(deps)).toMatchObject({ isBalanced: true, entries: 4 })
  })

  it('reports contention, not a broken ledger, when a hold is gone', async () => {
    const deps = openProcess()
    await openAccount(deps)
    await deposit(deps, 'fund', '10.00')
    const hold = { amount: usd('10.00'), orderId: 'ord_1', assetId: 'BTC' }
    await move(deps, 'hold', holdCashEntry(hold))
    await move(deps, 'release', releaseCashEntry(hold))
    await expect(move(deps, 'again', releaseCashEntry(hold))).rejects.toMatchObject({
      code: 'CONTENTION',
    })
    expect(isReadOnly(deps)).toBe(false)
  })

  it('refuses a command that changes a holding without reading it', async () => {
    const deps = openProcess()
    await openAccount(deps)
    const held = { quantity: quantity('1'), orderId: 'ord_1', assetId: 'BTC' }
    const command = { username: 'alice', key: 'hold', name: 'hold', input: {} }
    const decide = () => ({ entry: holdAssetEntry(held), result: 'held' })
    await expect(runCommand(deps, command, decide)).rejects.toThrow('did not read it')
  })
})

describe('refusals come in one order:', () => {
  const deposits = async (deps: LedgerDeps, key: string, amount: string, username = 'alice') => {
    const outcome = deposit(deps, key, amount, username)
    return outcome.then(
      () => 'done',
      (error: unknown) => (error as { code: string }).code,
    )
  }

  it('shape, then idempotency, then existence, then state, then limits', async () => {
    const deps = openProcess()
    await openAccount(deps)
    await deposit(deps, 'used', '9000.00')
    expect(await deposits(deps, 'new', '1000.01')).toBe('DAILY_LIMIT_EXCEEDED')
    closeLedger(deps, new Error('Closed to test the order of refusals.'))
    expect(await deposits(deps, 'new', '1000.01')).toBe('LEDGER_READ_ONLY')
    expect(await deposits(deps, 'new', '1000.01', 'nobody')).toBe('USER_NOT_FOUND')
    expect(await deposits(deps, 'used', '1000.01')).toBe('IDEMPOTENCY_KEY_REUSED')
    expect(() => depositEntry(usd('0'))).toThrow(
      expect.objectContaining({ code: 'BAD_USER_INPUT' }),
    )
  })

  it('limits before funds', async () => {
    const deps = openProcess()
    await openAccount(deps)
    await expect(withdraw(deps, 'key', '5000.01')).rejects.toMatchObject({
      code: 'DAILY_LIMIT_EXCEEDED',
    })
    await expect(withdraw(deps, 'key', '5000.00')).rejects.toMatchObject({
      code: 'INSUFFICIENT_FUNDS',
    })
  })

  it.each(['', 'two words', 'a#b', 'k'.repeat(129)])('refuses %j as a key', async (key) => {
    await expect(deposit(openProcess(), key, '1.00')).rejects.toThrow('has a key')
  })
})

describe('the read-only switch', () => {
  it('closes this process when an entry would break an invariant, and answers repeats still', async () => {
    const deps = openProcess()
    await openAccount(deps)
    const first = await deposit(deps, 'key-one', '1.00')
    const honest = depositEntry(usd('1.00'))
    const forged = {
      ...honest,
      postings: honest.postings.slice(1).concat(honest.postings.slice(1)),
    }
    await expect(move(deps, 'forged', forged)).rejects.toThrow('sum to zero')
    expect(world.violations).toHaveLength(1)
    expect(isReadOnly(deps)).toBe(true)
    await expect(deposit(deps, 'key-two', '1.00')).rejects.toMatchObject({
      code: 'LEDGER_READ_ONLY',
    })
    expect(await deposit(deps, 'key-one', '1.00')).toEqual(first)
    expect(await cashOf(deps)).toBe(usd('1.00'))
    expect(isReadOnly(openProcess())).toBe(false)
  })

  it('closes when the journal already has an entry in the place of the next', async () => {
    const deps = openProcess()
    await openAccount(deps)
    const Item = { pk: 'USER#alice', sk: 'ENTRY#000000000001' }
    await transact(deps.db, [{ put: { TableName: table, Item } }])
    await expect(deposit(deps, 'key-one', '1.00')).rejects.toThrow('beyond its account')
    expect(isReadOnly(deps)).toBe(true)
  })

  it('can be closed for a violation that was found elsewhere', () => {
    const deps = openProcess()
    closeLedger(deps, new Error('The verifier found a difference.'))
    expect([isReadOnly(deps), world.violations.length]).toEqual([true, 1])
  })
})

describe('one account under concurrent commands', () => {
  it('is exact after a hundred concurrent deposits and withdrawals', async () => {
    const deps = openProcess()
    await openAccount(deps)
    await deposit(deps, 'fund', '100.00')
    const moves = Array.from({ length: 100 }, (_, index) =>
      index % 2 === 0
        ? deposit(deps, `in-${index}`, '3.00')
        : withdraw(deps, `out-${index}`, '2.00'),
    )
    const receipts = await Promise.all(moves)
    expect(new Set(receipts.map(({ sequence }) => sequence)).size).toBe(100)
    expect(await cashOf(deps)).toBe(usd('150.00'))
    expect(await verifyLedger(deps)).toMatchObject({ isBalanced: true, entries: 101 })
  })

  it('is exact when two processes race for it', async () => {
    const [one, two] = [openProcess(), openProcess()]
    await openAccount(one, 'alice')
    await deposit(one, 'fund', '100.00')
    const moves = Array.from({ length: 60 }, (_, index) =>
      withdraw(index % 2 === 0 ? one : two, `out-${index}`, '2.00'),
    )
    const outcomes = await Promise.allSettled(moves)
    const refusals = outcomes.filter(({ status }) => status === 'rejected')
    expect(refusals).toHaveLength(10)
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ reason: { code: 'INSUFFICIENT_FUNDS' } })
    }
    expect(await cashOf(one)).toBe(usd('0.00'))
    expect(await verifyLedger(one)).toMatchObject({ isBalanced: true, entries: 51 })
  })

  it('executes a command once that five copies in two processes send at the same time', async () => {
    const [one, two] = [openProcess(), openProcess()]
    await openAccount(one, 'alice')
    await deposit(one, 'fund', '7.00')
    // The money is enough for one of them only, so that a copy that acted on its own would be refused.
    const copies = [one, two, one, two, two].map((deps) => withdraw(deps, 'spend', '7.00'))
    const receipts = await Promise.all(copies)
    expect(new Set(receipts.map(({ id }) => id)).size).toBe(1)
    expect(await readAccount(one, 'alice')).toMatchObject({ available: usd('0.00'), sequence: 2n })
    expect(await verifyLedger(one)).toMatchObject({ isBalanced: true, entries: 2 })
  })
})
