import { connect, type Db } from '@cnop/kit/dynamo'
import { sortableIds } from '@cnop/kit/ids'
import { price, quantity, usd } from '@cnop/kit/money'
import { type FakeClock, fakeClock } from '@cnop/kit/testing/fake-clock'
import { startTestDb } from '@cnop/kit/testing/test-db'
import { transact } from '@cnop/kit/transact'
import { type LedgerDeps, openAccountWrites, runCommand } from '../command.ts'
import { buyEntry, depositEntry, type Entry, sellEntry, withdrawalEntry } from '../entry.ts'
import { ledgerTable } from '../tables.ts'

export interface Receipt {
  readonly id: string
  readonly sequence: string
}

/** A ledger on the real engine, with a clock that the test sets. */
export interface LedgerWorld {
  readonly clock: FakeClock
  readonly violations: Error[]
  /** Another connection behaves like another process: it has its own queue and its own read-only switch. */
  openProcess(): LedgerDeps
  reset(): Promise<void>
  stop(): Promise<void>
}

const table = 'ledger'

export async function startLedgerWorld(): Promise<LedgerWorld> {
  const engine = await startTestDb([ledgerTable(table)])
  const clock = fakeClock()
  const startMs = clock.now()
  const connections: Db[] = []
  const violations: Error[] = []
  return {
    clock,
    violations,
    openProcess: () => {
      const db = connect({ mode: 'embedded', region: 'us-west-2', endpoint: engine.endpoint })
      connections.push(db)
      return {
        db,
        table,
        now: clock.now,
        newId: sortableIds(clock.now),
        limits: {
          deposit: usd('10000.00'),
          withdrawal: usd('5000.00'),
          redPocketHoldMs: 0,
        },
        log: { warn: () => undefined, error: () => undefined },
        onViolation: (violation) => violations.push(violation),
      }
    },
    reset: async () => {
      clock.set(startMs)
      violations.length = 0
      await engine.reset()
    },
    stop: async () => {
      for (const db of connections) db.close()
      await engine.stop()
    },
  }
}

export const openAccount = (deps: LedgerDeps, username = 'alice'): Promise<void> =>
  transact(deps.db, openAccountWrites(deps, username))

/** Posts an entry under a key; the key stands for itself as the input unless another one is given. */
export function move(
  deps: LedgerDeps,
  key: string,
  entry: Entry,
  { username = 'alice', input = key }: { username?: string; input?: string } = {},
): Promise<Receipt> {
  const assetIds = entry.assetId === undefined ? [] : [entry.assetId]
  return runCommand(deps, { username, key, name: entry.kind, input, assetIds }, () => ({
    entry,
    result: (change) => ({ id: change.entry.id, sequence: change.entry.sequence.toString() }),
  }))
}

export const deposit = (deps: LedgerDeps, key: string, amount: string, username = 'alice') =>
  move(deps, key, depositEntry(usd(amount)), { username, input: amount })

export const withdraw = (deps: LedgerDeps, key: string, amount: string, username = 'alice') =>
  move(deps, key, withdrawalEntry(usd(amount)), { username, input: amount })

const terms = { price: price('10'), fee: usd('0'), orderId: 'ord_1' } as const

/** Buys some of an asset for ten dollars each. */
export function buy(deps: LedgerDeps, key: string, amount: string, assetId = 'BTC') {
  const bought = quantity(amount)
  const total = usd((Number(amount) * 10).toFixed(2))
  return move(deps, key, buyEntry({ ...terms, assetId, quantity: bought, total }))
}

/** Sells some of an asset for ten dollars each. */
export function sell(deps: LedgerDeps, key: string, amount: string, assetId = 'BTC') {
  const sold = quantity(amount)
  const total = usd((Number(amount) * 10).toFixed(2))
  return move(deps, key, sellEntry({ ...terms, assetId, quantity: sold, total }))
}
