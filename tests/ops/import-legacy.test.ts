import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createMemoryBus } from '@cnop/kit/bus'
import { systemClock } from '@cnop/kit/clock'
import type { Db } from '@cnop/kit/dynamo'
import { sortableIds } from '@cnop/kit/ids'
import { createLog } from '@cnop/kit/log'
import { price, usd } from '@cnop/kit/money'
import { startTestDb, type TestDb } from '@cnop/kit/testing/test-db'
import { readAccount, readHoldings, readJournal } from '@cnop/ledger/balances'
import { ledgerTable } from '@cnop/ledger/tables'
import { importLegacy } from '@cnop/ops/moving/import-legacy'
import { openReport, type Summary } from '@cnop/ops/moving/report'
import { verifyWithOrders } from '@cnop/ops/ledger/verify'
import { ordersTable } from '@cnop/order/operator'
import { usersTable } from '@cnop/user/operator'

const password_hash = '$2b$04$zRm1FGVYOGoQr8L/PHlPMOyon.bpcJ/j83TO6YVB17/S9qfXFPaTy'
const times = {
  created_at: '2025-06-01T10:00:00.123456+0000',
  updated_at: '2025-09-01T10:00:00.000000+0000',
}

type Row = Record<string, string | boolean>

const user = (username: string, change: Row = {}): Row => ({
  ...{ Pk: username, Sk: 'USER', username, email: `${username}@example.com`, password_hash },
  ...{ first_name: 'Ada', last_name: "O'Neill", marketing_emails_consent: false, role: 'customer' },
  ...times,
  ...change,
})
const balance = (username: string, current_balance: string): Row => ({
  ...{ Pk: username, Sk: 'BALANCE', username, current_balance, entity_type: 'balance' },
  ...times,
})
const holding = (username: string, asset_id: string, quantity: string): Row => ({
  ...{ Pk: username, Sk: `ASSET#${asset_id}`, username, asset_id, quantity },
  ...times,
})
const trade = (
  username: string,
  asset_id: string,
  quantity: string,
  total_amount: string,
): Row => ({
  ...{
    Pk: `ASSET_TRANS#${username}#${asset_id}`,
    Sk: '2025-07-01T10:00:00+00:00',
    username,
    asset_id,
  },
  ...{ transaction_type: 'BUY', quantity, price: '1', total_amount, status: 'COMPLETED' },
  created_at: times.created_at,
})
const movement = (username: string, amount: string): Row => ({
  ...{ Pk: `TRANS#${username}`, Sk: '20250701100000000000abcdef', username, amount },
  ...{ transaction_type: 'deposit', status: 'completed', created_at: '2025-07-01T10:00:00' },
})
const order = (username: string, id: string, change: Row = {}): Row => ({
  ...{ Pk: id, Sk: 'ORDER', order_id: id, username, asset_id: 'BTC', order_type: 'market_buy' },
  ...{
    status: 'completed',
    quantity: '0.001',
    price: '60000.5',
    total_amount: '60.0005',
    ...times,
  },
  ...change,
})

/** One user with everything; the last digits of the trade's total are below a cent, as in the old system. */
const whole = (username: string): Row[] => [
  user(username),
  balance(username, '1234.50'),
  holding(username, 'BTC', '0.5'),
  holding(username, 'ETH', '0E-10'),
  trade(username, 'BTC', '1', '50000.123456'),
  movement(username, '1234.50'),
  order(username, `order_${username.slice(0, 8)}_1751364000`),
]

const toItem = (row: Row): object =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'boolean' ? { BOOL: value } : { S: value },
    ]),
  )
const asLines = (rows: readonly Row[]): string =>
  rows.map((row) => `${JSON.stringify({ Item: toItem(row) })}\n`).join('')
const asScan = (rows: readonly Row[]): string =>
  JSON.stringify({ Items: rows.map(toItem), Count: rows.length, ConsumedCapacity: null }, null, 2)

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cnop-legacy-'))
})
afterAll(() => {
  rmSync(directory, { recursive: true, force: true })
})
const write = (name: string, data: string | Buffer): void => {
  mkdirSync(dirname(join(directory, name)), { recursive: true })
  writeFileSync(join(directory, name), data)
}

const tables = [usersTable('users'), ledgerTable('ledger'), ordersTable('orders')]
const log = createLog('test', { level: 'silent', filePath: undefined })
let store: TestDb
beforeAll(async () => {
  store = await startTestDb(tables)
})
afterAll(() => store.stop())

const placeOn = (db: Db): Parameters<typeof importLegacy>[0] => {
  const ledger = {
    ...{ db, table: 'ledger', now: systemClock, newId: sortableIds(), log },
    ...{ limits: { deposit: usd('0'), withdrawal: usd('0'), redPocketHoldMs: 0 } },
    bus: createMemoryBus(log),
  }
  return {
    users: { store: { db, table: 'users' }, ledger, now: systemClock },
    orders: { ledger, store: { db, table: 'orders' } },
    prices: new Map(['BTC', 'ETH'].map((assetId) => [assetId, price('2000')])),
  }
}

interface Listed {
  readonly at: string
  readonly reason: string
  readonly why: string
  readonly note?: string
}

async function run(db: Db, change: object = {}): Promise<{ summary: Summary; listed: Listed[] }> {
  const path = join(directory, '..', 'report.jsonl')
  const report = openReport(path)
  const options = { directory, isDryRun: false, fractions: 'refuse', ...change } as const
  await importLegacy(placeOn(db), options, report).finally(() => report.close())
  const listed = readFileSync(path, 'utf8').trim().split('\n').filter(Boolean)
  return { summary: report.finish(), listed: listed.map((line) => JSON.parse(line) as Listed) }
}

const verify = () =>
  verifyWithOrders({ db: store.db, now: systemClock }, { ledger: 'ledger', orders: 'orders' })

/** What a user owns, with the kinds of the journal. */
async function stateOf(username: string) {
  const place = { db: store.db, table: 'ledger' }
  const { available, paidIn, openedAt } = await readAccount(place, username)
  const entries: string[] = []
  for await (const { kind, createdAt } of readJournal(place, username, {})) {
    entries.push(`${kind} ${createdAt}`)
  }
  const holdings = (await readHoldings(place, username)).map(
    ({ version: _version, ...owned }) => owned,
  )
  return { available, paidIn, openedAt, entries, holdings }
}

describe('an import', () => {
  beforeEach(() => store.reset())

  it('opens accounts with what was owned, at what it cost, before today', async () => {
    write('AWSDynamoDB/01/data/a.json.gz', gzipSync(asLines(whole('legacy_ada'))))
    write('AWSDynamoDB/01/manifest-files.json', '{"itemCount":7}')
    const { summary } = await run(store.db)
    expect(summary).toMatchObject({ read: 7, taken: 7, alreadyThere: 0, refused: 0 })
    expect(await stateOf('legacy_ada')).toEqual({
      available: 123_450n,
      paidIn: 123_450n + 2_500_006n,
      openedAt: '2025-06-01T10:00:00.123Z',
      entries: ['DEPOSIT 2025-09-01T10:00:00.000Z', 'BUY 2025-09-01T10:00:00.000Z'],
      holdings: [
        {
          ...{ assetId: 'BTC', available: 50_000_000n, held: 0n, costBasis: 2_500_006n },
          lots: '2025-09-01:50000000:2500006',
        },
      ],
    })
    expect(await verify()).toMatchObject({ isBalanced: true, accounts: 1, entries: 2 })
  })

  it('changes nothing when it runs again, whatever the parts and their order', async () => {
    write('users.json', asScan([...whole('legacy_ada'), ...whole('legacy_bob')].reverse()))
    await run(store.db, { sorting: { rowsInMemory: 3, mostFiles: 2 } })
    const before = await stateOf('legacy_bob')
    const { summary } = await run(store.db)
    expect(summary).toMatchObject({ read: 14, taken: 0, alreadyThere: 14, refused: 0 })
    expect(await stateOf('legacy_bob')).toEqual(before)
  })

  it('ends with the same when it is stopped after any call of the store', async () => {
    write('users.json', asLines(whole('legacy_ada')))
    await run(store.db)
    const wanted = await stateOf('legacy_ada')
    await store.reset()
    let stops = 0
    for (let calls = 1; calls < 60; calls += 1) {
      try {
        const { summary } = await run(stoppingAfter(calls))
        expect(summary.taken + summary.alreadyThere).toBe(7)
        break
      } catch (error) {
        if (!String(error).includes('stopped')) throw error
        stops += 1
      }
    }
    expect(stops).toBeGreaterThan(5)
    expect(await stateOf('legacy_ada')).toEqual(wanted)
    expect(await verify()).toMatchObject({ isBalanced: true })
  })

  it('refuses rows with a reason, and then every row of their user', async () => {
    const blocked = (name: string, ...rows: Row[]): Row[] => [user(name), ...rows]
    write(
      'rows.json',
      asLines([
        ...blocked('negative_cash', balance('negative_cash', '-0.01')),
        ...blocked('fraction', balance('fraction', '10.001'), holding('fraction', 'BTC', '1')),
        ...blocked('negative_btc', holding('negative_btc', 'BTC', '-1E-8')),
        ...blocked('unknown_asset', holding('unknown_asset', 'NOPE', '1')),
        user('bad_hash', { password_hash: 'plain' }),
        user('no-name!'),
        user('double_mail', { email: 'Ada@example.com' }),
        user('early_mail1', { email: 'ada@example.com' }),
        ...[user('twice_there'), user('twice_there')],
        balance('nobody_here', '5.00'),
        order('double_mail', 'order_aaaaaaaa_1751364001', { status: 'pending' }),
        { Pk: 'USER#early_mail1', Sk: 'LOCK', lock_id: 'lock_1' },
        { product_id: 'BTC' },
      ]) + '{"Item":{"Pk"\n',
    )
    const { summary, listed } = await run(store.db)
    const reasons = listed.filter(({ note }) => note === undefined).map(({ reason }) => reason)
    expect(reasons.sort()).toEqual(
      [
        ...['DUPLICATE_EMAIL', 'DUPLICATE_USERNAME', 'FRACTION', 'MALFORMED', 'MALFORMED'],
        ...['MALFORMED', 'MISSING_USER', 'NEGATIVE_BALANCE', 'NEGATIVE_HOLDING', 'NOT_MOVED'],
        ...['NOT_MOVED', 'OPEN_ORDER', 'UNKNOWN_ASSET', ...Array<string>(5).fill('USER_REFUSED')],
      ].sort(),
    )
    expect(summary).toMatchObject({ read: 20, taken: 2, alreadyThere: 0, refused: 18 })
    expect(listed).toContainEqual({
      at: 'rows.json:2',
      table: 'balance',
      reason: 'NEGATIVE_BALANCE',
      why: 'the balance is negative',
    })
    expect((await run(store.db)).summary).toMatchObject({ taken: 0, alreadyThere: 2, refused: 18 })
  })

  it('drops fractions of a cent when it may, and says so', async () => {
    write('rows.json', asLines([user('fraction'), balance('fraction', '10.019')]))
    const { summary, listed } = await run(store.db, { fractions: 'down' })
    expect(summary).toMatchObject({ taken: 2, notes: 1 })
    expect(listed[0]!.note).toContain('fraction of a cent')
    expect(await stateOf('fraction')).toMatchObject({ available: 1_001n })
  })

  it('leaves the store as it is in a dry run, with the same counts', async () => {
    write('rows.json', asLines([...whole('legacy_ada'), balance('nobody_here', '5.00')]))
    const { summary } = await run(store.db, { isDryRun: true })
    await expect(stateOf('legacy_ada')).rejects.toThrow()
    expect((await run(store.db)).summary).toEqual(summary)
  })

  it('takes nothing from a damaged file', async () => {
    const lines = gzipSync(asLines([...whole('legacy_ada'), ...whole('legacy_bob')]))
    write('rows.json.gz', lines.subarray(0, lines.length - 20))
    await expect(run(store.db)).rejects.toThrow('unexpected end of file')
    await expect(stateOf('legacy_ada')).rejects.toThrow()
  })
})

/** A connection that is lost for good after some calls: every second time after the store did what was asked. */
function stoppingAfter(calls: number): Db {
  let left = calls
  const stopping = <Client extends Db['documents']>(client: Client): Client =>
    new Proxy(client, {
      get: (target, name) => {
        if (name !== 'send') return Reflect.get(target, name) as unknown
        return async (command: never) => {
          left -= 1
          if (left < 0 && calls % 2 === 0) throw new Error('stopped')
          const answer: unknown = await target.send(command)
          if (left < 0) throw new Error('stopped')
          return answer
        }
      },
    })
  const { documents, transactions } = store.db
  return {
    ...store.db,
    documents: stopping(documents),
    transactions: stopping(transactions),
  }
}
