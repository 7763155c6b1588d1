import type { Db, Key } from '@cnop/kit/dynamo'
import { queryPage, readItem, readItems } from '@cnop/kit/read'
import { type Account, type Holding, totalQuantity } from './account.ts'
import type { JournalEntry } from './chain.ts'
import { AccountNotFound } from './errors.ts'
import { parseAccount, parseEntry, parseHolding } from './item.ts'
import {
  accountKey,
  entryKey,
  entrySk,
  holdingKey,
  holdingPrefix,
  highestSequence,
  partition,
} from './keys.ts'

/** Where the ledger is; LedgerDeps fits. */
export interface LedgerPlace {
  readonly db: Db
  readonly table: string
}

/** The account, with everything that was committed before. */
export async function readAccount({ db, table }: LedgerPlace, username: string): Promise<Account> {
  const item = await readItem(db, table, accountKey(username))
  if (!item) throw new AccountNotFound(username)
  return parseAccount(item)
}

const rowsPerCall = 200

/** Every holding that is not zero, by ticker. */
export async function readHoldings(
  place: LedgerPlace,
  username: string,
): Promise<readonly Holding[]> {
  const holdings = await readHoldingRows(place, username)
  return holdings.filter((holding) => totalQuantity(holding) !== 0n)
}

/** Every row, as it is. */
export async function readHoldingRows(
  { db, table }: LedgerPlace,
  username: string,
): Promise<readonly Holding[]> {
  const holdings: Holding[] = []
  let after: Key | undefined
  do {
    const query = { table, pk: partition(username), skPrefix: holdingPrefix, after }
    const page = await queryPage(db, { ...query, limit: rowsPerCall, newestFirst: false })
    holdings.push(...page.items.map(parseHolding))
    after = page.last
  } while (after)
  return holdings
}

/** One holding; undefined when the user has none. */
export async function readHolding(
  { db, table }: LedgerPlace,
  username: string,
  assetId: string,
): Promise<Holding | undefined> {
  const item = await readItem(db, table, holdingKey(username, assetId))
  return item && parseHolding(item)
}

const maxReads = 50

/** Account and holdings as of one moment: nothing was committed between the two reads of the account. */
export async function readSettled(
  place: LedgerPlace,
  username: string,
): Promise<{ account: Account; holdings: readonly Holding[] } | undefined> {
  for (let attempt = 1; attempt <= maxReads; attempt += 1) {
    const before = await readAccount(place, username)
    const holdings = await readHoldingRows(place, username)
    const account = await readAccount(place, username)
    if (account.version === before.version) return { account, holdings }
  }
  return undefined
}

/** One entry of a journal, by its place. */
export async function readEntry(
  { db, table }: LedgerPlace,
  username: string,
  sequence: bigint,
): Promise<JournalEntry | undefined> {
  const item = await readItem(db, table, entryKey(username, sequence))
  return item && parseEntry(item)
}

/** Up to a hundred entries of a journal, such as those that an order has caused; those that do not exist are left out. */
export async function readEntries(
  { db, table }: LedgerPlace,
  username: string,
  sequences: readonly bigint[],
): Promise<readonly JournalEntry[]> {
  const rows = sequences.map((sequence) => ({ table, key: entryKey(username, sequence) }))
  const items = await readItems(db, rows)
  return items.flatMap((item) => (item ? [parseEntry(item)] : []))
}

export interface JournalRange {
  /** Begins behind this sequence. */
  readonly after?: bigint
  /** Ends with this sequence. */
  readonly through?: bigint
  readonly newestFirst?: boolean
  /** How many entries the first call asks for, where few may be enough; further calls ask for more and more. */
  readonly expected?: number
}

/** A journal from end to end, page by page as the reader asks for it: for exports, history and verification. */
export async function* readJournal(
  { db, table }: LedgerPlace,
  username: string,
  { after = 0n, through = highestSequence, newestFirst = false, expected }: JournalRange = {},
): AsyncGenerator<JournalEntry> {
  if (after >= through) return
  const between = [entrySk(after + 1n), entrySk(through)] as const
  let limit = Math.min(expected ?? rowsPerCall, rowsPerCall)
  let last: Key | undefined
  do {
    const query = { table, pk: partition(username), between, after: last }
    const page = await queryPage(db, { ...query, limit, newestFirst })
    yield* page.items.map(parseEntry)
    last = page.last
    limit = Math.min(limit * 2, rowsPerCall)
  } while (last)
}
