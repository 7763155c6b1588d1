import { isDeepStrictEqual } from 'node:util'
import { systemClock, toIso } from '@cnop/kit/clock'
import { partitionRows, scanRows, toDynamoJson } from '@cnop/kit/copy-rows'
import type { Db, Item } from '@cnop/kit/dynamo'
import { readStoreVersion } from '@cnop/kit/migrations'
import { readItem } from '@cnop/kit/read'
import { accountKey, accountSk, isOfUser, partition, usernameOf } from '@cnop/ledger/keys'
import { expiryRowOf } from '@cnop/order/operator'
import { writeBackupFile } from './backup-file.ts'
import { openSpool, type Spool } from './spool.ts'
import { type Part, storeOf, type TableNames } from './tables.ts'

type Row = readonly [part: Part, json: object]

/**
 * Copies every table. The journal, the balances and the orders of a user are of one moment, also while the platform runs;
 * other rows, and other users, may be of other moments.
 */
export async function backUp(
  db: Db,
  tables: TableNames,
  path: string,
): Promise<{ rows: number; sha256: string }> {
  const [ledger, inventory] = await Promise.all([
    readStoreVersion(storeOf(db, tables, 'ledger')),
    readStoreVersion(storeOf(db, tables, 'inventory')),
  ])
  const versions = {
    ...(ledger !== undefined && { ledger }),
    ...(inventory !== undefined && { inventory }),
  }
  return writeBackupFile(path, { createdAt: toIso(systemClock()), versions }, copyAll(db, tables))
}

/**
 * Users come before the ledger, and red pockets after it: a user whose account is missing, or a claim without its
 * payment that can be repeated, would be worse than the reverse.
 */
async function* copyAll(db: Db, tables: TableNames): AsyncGenerator<Row> {
  for (const part of ['users', 'inventory', 'outbox', 'quotes'] as const)
    yield* copyTable(db, tables, part)
  yield* copyAccounts(db, tables)
  for (const part of ['ledger', 'orders'] as const) yield* copyTable(db, tables, part, isOfNobody)
  yield* copyTable(db, tables, 'claims')
}

const toRow = (part: Part, item: Item): Row => [part, toDynamoJson(item)]

/** A lease of a process says nothing about a copy. */
const isLease = ({ sk }: Item): boolean => sk === 'LEASE'

/** Rows of a user, and those that are found by an order's time of expiry, are copied with the account. */
const isOfNobody = ({ pk }: Item): boolean =>
  !isOfUser(String(pk)) && !String(pk).startsWith('EXPIRY#')

async function* copyTable(
  db: Db,
  tables: TableNames,
  part: Part,
  isWanted: (item: Item) => boolean = () => true,
): AsyncGenerator<Row> {
  for await (const item of scanRows(storeOf(db, tables, part)))
    if (!isLease(item) && isWanted(item)) yield toRow(part, item)
}

async function* copyAccounts(db: Db, tables: TableNames): AsyncGenerator<Row> {
  const spool = openSpool<Row>()
  try {
    const accounts = scanRows(storeOf(db, tables, 'ledger'), {
      FilterExpression: 'sk = :account',
      ExpressionAttributeValues: { ':account': accountSk },
      ProjectionExpression: 'pk',
    })
    for await (const { pk } of accounts) {
      await copyAccount(db, tables, usernameOf(String(pk)), spool)
      yield* spool.values()
    }
  } finally {
    spool.close()
  }
}

const maxAttempts = 50

/** Reads all rows between two reads of the account; every change of them changes the account as well. */
async function copyAccount(
  db: Db,
  tables: TableNames,
  username: string,
  spool: Spool<Row>,
): Promise<void> {
  const readAccount = () => readItem(db, tables.ledger, accountKey(username))
  let before = await readAccount()
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    spool.clear()
    for (const part of ['ledger', 'orders'] as const) {
      for await (const item of partitionRows(storeOf(db, tables, part), partition(username))) {
        spool.add(toRow(part, item))
        const expiry = part === 'orders' ? expiryRowOf(item) : undefined
        if (expiry) spool.add(toRow(part, expiry))
      }
    }
    const after = await readAccount()
    if (isDeepStrictEqual(before, after)) return
    before = after
  }
  throw new Error(`The account of ${username} changed too often to be copied. Try again later.`)
}
