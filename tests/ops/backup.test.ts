import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { systemClock, toIso } from '@cnop/kit/clock'
import { parseEnv, storeConfig, storeFields } from '@cnop/kit/config'
import { partitionRows } from '@cnop/kit/copy-rows'
import type { Db, Item } from '@cnop/kit/dynamo'
import { createLog } from '@cnop/kit/log'
import { openPlatform } from '@cnop/kit/open-platform'
import type { Platform } from '@cnop/kit/platform'
import { createTables } from '@cnop/kit/tables'
import { startTestDb, type TestDb } from '@cnop/kit/testing/test-db'
import { readStoreVersion } from '@cnop/kit/migrations'
import { backUp } from '@cnop/ops/moving/backup'
import { checkBackup, restore } from '@cnop/ops/moving/restore'
import { knownVersions, storeOf, tableDefinitions, tableNames } from '@cnop/ops/moving/tables'
import { transact } from '@cnop/kit/transact'
import type { Trader } from '../world/trader.ts'
import { newKey, startWorld, type World } from '../world/world.ts'

const tables = tableNames({})
let source: TestDb
let target: TestDb
let world: World
let trader: Trader
let directory: string
let path: string
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cnop-backup-'))
  path = join(directory, 'store.backup.gz')
  source = await startTestDb([])
  target = await startTestDb(tableDefinitions(tables))
  world = await startWorld({ STORE: 'endpoint', DYNAMODB_ENDPOINT: source.endpoint })
  trader = await world.trader({ cash: '5000.00' })
  await waitsToBuy('100')
})
afterAll(async () => {
  await world.stop()
  await Promise.all([source.stop(), target.stop()])
  rmSync(directory, { recursive: true, force: true })
})

const expiresAt = toIso(systemClock() + 86_400_000)

async function waitsToBuy(limitPrice: string): Promise<void> {
  const input = { key: newKey(), side: 'BUY', type: 'LIMIT', assetId: 'BTC', quantity: '0.1' }
  const query = 'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } } }'
  const { errors } = await trader.ask(query, { input: { ...input, limitPrice, expiresAt } })
  expect(errors).toEqual([])
}

/** Does something once, between the copies of a user's journal and of the orders that belong to it. */
function between(db: Db, work: () => Promise<void>): Db {
  let isDone = false
  const documents = new Proxy(db.documents, {
    get: (of, name) => {
      if (name !== 'send') return Reflect.get(of, name) as unknown
      return async (command: {
        input: { TableName?: string; KeyConditionExpression?: string }
      }) => {
        const { TableName: table, KeyConditionExpression: query } = command.input
        if (table === 'orders' && query !== undefined && !isDone) {
          isDone = true
          await work()
        }
        return of.send(command as never)
      }
    },
  })
  return { ...db, documents }
}

/** A connection that is lost after some batches of writes. */
function stoppingAfter(db: Db, writes: number): Db {
  let left = writes
  const documents = new Proxy(db.documents, {
    get: (of, name) => {
      if (name !== 'send') return Reflect.get(of, name) as unknown
      return async (command: object) => {
        if (command.constructor.name === 'BatchWriteCommand') left -= 1
        if (left < 0) throw new Error('stopped')
        return of.send(command as never)
      }
    },
  })
  return { ...db, documents }
}

const verifyByCommand = () =>
  promisify(execFile)(process.execPath, ['--import', 'tsx', 'ops/ledger-verify.ts', '--full'], {
    cwd: fileURLToPath(new URL('../../', import.meta.url)),
    env: { PATH: process.env['PATH'], DYNAMODB_ENDPOINT: target.endpoint },
  })

const platformOn = (db: Db): Platform =>
  ({
    ...world.router,
    db,
    now: systemClock,
    newId: (prefix: string) => `${prefix}_1`,
    log: { info: () => undefined },
    ensureTables: (definitions: Parameters<typeof createTables>[1]) =>
      createTables(db, definitions),
  }) as unknown as Platform

const restored = (mayOverwrite = false) =>
  restore(platformOn(target.db), tables, { path, mayOverwrite })

async function rowsOf(db: Db, part: 'ledger' | 'orders'): Promise<Item[]> {
  const rows: Item[] = []
  const { username } = trader
  for await (const row of partitionRows(storeOf(db, tables, part), `USER#${username}`)) {
    // The verifier of the running platform writes these, and the mark on the account.
    const { unverifiedPk: _pk, unverifiedSk: _sk, ...rest } = row
    if (row['sk'] !== 'VERIFIED') rows.push(rest)
  }
  return rows
}

describe('a backup of a running platform', () => {
  it('restores accounts with their journals and orders as of one moment', async () => {
    await backUp(
      between(source.db, () => waitsToBuy('200')),
      tables,
      path,
    )
    await expect(checkBackup(path)).resolves.toMatchObject({ versions: knownVersions })
    const { verification } = await restored()
    expect(verification).toMatchObject({ isBalanced: true, accounts: 1, discrepancies: [] })
    for (const part of ['ledger', 'orders'] as const) {
      expect(await rowsOf(target.db, part)).toEqual(await rowsOf(source.db, part))
    }
    const expiries: Item[] = []
    for (let shard = 0; shard < 8; shard += 1) {
      const rows = partitionRows(storeOf(target.db, tables, 'orders'), `EXPIRY#${shard}`)
      for await (const row of rows) expiries.push(row)
    }
    expect(expiries).toHaveLength(2)
    expect(await readStoreVersion(storeOf(target.db, tables, 'ledger'))).toBe(knownVersions.ledger)
  })

  it('is not restored over rows, unless it may delete them', async () => {
    await expect(restored()).rejects.toThrow('--overwrite deletes them first')
    expect((await restored(true)).verification.isBalanced).toBe(true)
  })

  it('leaves a store that nothing opens when its restore was stopped, until it is repeated', async () => {
    const config = storeConfig(parseEnv(storeFields, { DYNAMODB_ENDPOINT: target.endpoint }))
    const log = createLog('test', { level: 'silent', filePath: undefined })
    const open = async (): Promise<void> => {
      const platform = await openPlatform(config, log)
      await platform.ensureTables(tableDefinitions(tables)).finally(() => platform.close())
    }
    const options = { path, mayOverwrite: true }
    // While it marks the tables, deletes rows, and writes rows.
    for (const writes of [1, 5, 8, 15]) {
      const stopped = restore(platformOn(stoppingAfter(target.db, writes)), tables, options)
      await expect(stopped).rejects.toThrow('stopped')
      await expect(open()).rejects.toThrow(/did not finish.*--overwrite$/)
    }
    await expect(verifyByCommand()).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^A restore of this store did not finish.*\n$/),
    })
    expect((await restored(true)).verification.isBalanced).toBe(true)
    await open()
    expect((await verifyByCommand()).stdout).toContain('"isBalanced":true')
  })

  it('is refused as a whole when a byte is missing or another one', async () => {
    const bytes = readFileSync(path)
    const text = gunzipSync(bytes).toString()
    const lines = text.trimEnd().split('\n')
    const damaged: Readonly<Record<string, Buffer>> = {
      truncated: bytes.subarray(0, bytes.length - 100),
      'without its end': gzipSync(`${lines.slice(0, -1).join('\n')}\n`),
      'without a row': gzipSync(`${[...lines.slice(0, 1), ...lines.slice(2)].join('\n')}\n`),
      'with another digit': gzipSync(text.replace('"500000"', '"900000"')),
      'of another program': gzipSync('{"Item":{}}\n'),
      'not compressed': Buffer.from(text),
    }
    for (const [name, data] of Object.entries(damaged)) {
      const file = join(directory, name)
      writeFileSync(file, data)
      await expect(checkBackup(file)).rejects.toThrow('Nothing was written')
    }
    expect(text).toContain('"500000"')
  })

  it('is refused when a newer release made it', async () => {
    const update = {
      TableName: 'ledger',
      Key: { pk: 'MIGRATIONS', sk: 'VERSION' },
      UpdateExpression: 'SET version = version + :one',
      ExpressionAttributeValues: { ':one': 1 },
    }
    await transact(source.db, [{ update }])
    const file = join(directory, 'newer.backup.gz')
    await backUp(source.db, tables, file)
    await expect(checkBackup(file)).rejects.toThrow('Restore with the newer release')
  })
})
