import { DeleteCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { Item, Key } from '@cnop/kit/dynamo'
import { type Migration, migrate, StoreIsNewer } from '@cnop/kit/migrations'
import { price, quantity, usd } from '@cnop/kit/money'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { LedgerDeps } from './command.ts'
import { buyEntry } from './entry.ts'
import { accountKey } from './keys.ts'
import { migrateLedger } from './migrate.ts'
import { deposit, type LedgerWorld, move, openAccount } from './testing/ledger-world.ts'
import { startLedgerWorld } from './testing/ledger-world.ts'
import { verifyLedger } from './verify.ts'
import { readProgress, shards, verifyShard } from './verify-new.ts'

const bought = buyEntry({
  assetId: 'BTC',
  quantity: quantity('0.01'),
  price: price('10000'),
  total: usd('100.00'),
  fee: usd('0'),
  orderId: 'ord_1',
})
const users = ['alice', 'bob', 'carol']
let world: LedgerWorld
let deps: LedgerDeps

beforeAll(async () => {
  world = await startLedgerWorld()
  deps = world.openProcess()
})
beforeEach(() => world.reset())
afterAll(() => world.stop())

const depsOf = (ledger: LedgerDeps) => ({
  store: { db: ledger.db, table: ledger.table },
  now: ledger.now,
  newId: ledger.newId,
  log: { info: () => undefined },
})

async function readRows(): Promise<Item[]> {
  const { Items = [] } = await deps.db.documents.send(new ScanCommand({ TableName: deps.table }))
  return Items.sort((a, b) => (`${a['pk']} ${a['sk']}` < `${b['pk']} ${b['sk']}` ? -1 : 1))
}

const isNew = ({ pk, sk }: Item): boolean =>
  pk === 'MIGRATIONS' || /^(CLOSE|KIND|ASSET)#/.test(String(sk))

const drop = (row: Item) =>
  deps.db.documents.send(
    new DeleteCommand({ TableName: deps.table, Key: { pk: row['pk'], sk: row['sk'] } as Key }),
  )

/** Removes what older releases did not write. */
async function makeOld(): Promise<void> {
  for (const row of (await readRows()).filter(isNew)) await drop(row)
  for (const username of users) {
    await deps.db.documents.send(
      new UpdateCommand({
        TableName: deps.table,
        Key: accountKey(username),
        UpdateExpression: 'REMOVE paidIn, unverifiedPk, unverifiedSk',
      }),
    )
  }
}

async function makeLedger(): Promise<void> {
  await migrateLedger(depsOf(deps))
  for (const username of users) {
    await openAccount(deps, username)
    await deposit(deps, 'fund', '1000.00', username)
    world.clock.advance(86_400_000)
    await move(deps, 'buy', bought, { username })
  }
}

/** A migration counts as a change of the account, and its accounts wait for a verifier from then on. */
const comparable = (rows: Item[]): Item[] =>
  rows.map((row) => (row['sk'] === 'ACCOUNT' ? { ...row, version: 0n, unverifiedSk: '' } : row))

describe('the migration of a ledger', () => {
  it('writes what this release would have written', async () => {
    await makeLedger()
    const before = comparable(await readRows())
    await makeOld()
    await migrateLedger(depsOf(deps))
    expect(comparable(await readRows())).toEqual(before)
    expect(await verifyLedger(deps)).toMatchObject({ isBalanced: true, accounts: 3 })
    await Promise.all(shards.map((shard) => verifyShard(deps, shard)))
    expect(await readProgress(deps)).toMatchObject({ isBalanced: true, accounts: 3, entries: 6 })
  })

  it('runs in one of several processes that start, and not again', async () => {
    await makeLedger()
    await makeOld()
    const others = [world.openProcess(), world.openProcess(), world.openProcess()]
    await Promise.all(others.map((other) => migrateLedger(depsOf(other))))
    const after = await readRows()
    await migrateLedger(depsOf(deps))
    expect(await readRows()).toEqual(after)
    const accounts = after.filter(({ sk }) => sk === 'ACCOUNT')
    expect(accounts.map(({ version }) => version as bigint)).toEqual([3n, 3n, 3n])
  })

  it('refuses a journal that does not add up, and names it', async () => {
    await makeLedger()
    await makeOld()
    const [entry] = (await readRows()).filter(({ sk }) => String(sk).startsWith('ENTRY#'))
    await drop(entry!)
    await expect(migrateLedger(depsOf(deps))).rejects.toThrow(/alice.*MISSING_ENTRY/)
  })
})

describe('the runner', () => {
  const steps = (run: (at: number, cursor: string | undefined) => void): Migration[] =>
    [1, 2].map((at) => ({
      name: `step ${at}`,
      run: async ({ cursor, save }) => {
        if (cursor === undefined) await save(`half of ${at}`)
        run(at, cursor)
      },
    }))

  it('resumes after an interruption', async () => {
    await openAccount(deps, 'alice')
    const runs: unknown[] = []
    const interrupted = steps((at, cursor) => {
      runs.push([at, cursor])
      if (at === 2) throw new Error('interrupted')
    })
    await expect(migrate(depsOf(deps), interrupted)).rejects.toThrow('interrupted')
    await migrate(
      depsOf(deps),
      steps((at, cursor) => void runs.push([at, cursor])),
    )
    expect(runs).toEqual([
      [1, undefined],
      [2, undefined],
      [2, 'half of 2'],
    ])
  })

  it('has nothing to do for a new table, and refuses one of a newer release', async () => {
    const runs: number[] = []
    const all = steps((at) => void runs.push(at))
    await migrate(depsOf(deps), all)
    expect(runs).toEqual([])
    await expect(migrate(depsOf(deps), all.slice(0, 1))).rejects.toThrow(StoreIsNewer)
  })
})
