import type { Db, Item } from '@cnop/kit/dynamo'
import { InvariantViolation } from '@cnop/kit/errors'
import { readItem, readItems, type RowAddress } from '@cnop/kit/read'
import { transact, type Write } from '@cnop/kit/transact'
import { type Account, type Holding, totalQuantity } from './account.ts'
import { readHoldingRows } from './balances.ts'
import { accountItem, closingItem, entryItem, guardItem, holdingItem } from './item.ts'
import { parseAccount, parseGuard, parseHolding } from './item.ts'
import { accountKey, guardKey, holdingKey, indexKeys } from './keys.ts'
import { yearGainWrites } from './year-gains.ts'
import {
  type AccountStore,
  type Commit,
  type Guard,
  JournalViolation,
  KeyUsed,
  VersionLost,
} from './account-store.ts'

/** How long a key is kept: twice the documented day. */
const keepKeysSeconds = 2n * 24n * 60n * 60n

const seconds = (ms: number): bigint => BigInt(Math.floor(ms / 1000))

const unchanged = 'version = :version'
const absent = 'attribute_not_exists(pk)'
const versionLost = (): Error => new VersionLost('The account was changed by another command.')

/** An unused key, or one whose row has expired but is not deleted yet. */
function guardWrite(table: string, commit: Commit<Write>): Write {
  const { username, key, guard, nowMs } = commit
  const nowSeconds = seconds(nowMs)
  return {
    put: {
      TableName: table,
      Item: guardItem(username, key, guard, nowSeconds + keepKeysSeconds),
      ConditionExpression: `${absent} OR expiresAt <= :now`,
      ExpressionAttributeValues: { ':now': nowSeconds },
    },
    refused: (existing) => {
      const used = parseGuard(existing, nowSeconds)
      // Without the conflicting row, a second read returns the same.
      return used ? new KeyUsed(used) : versionLost()
    },
  }
}

function accountWrite(table: string, { before, account }: Commit<Write>): Write {
  return {
    put: {
      TableName: table,
      Item: accountItem(account),
      ConditionExpression: unchanged,
      ExpressionAttributeValues: { ':version': before.account.version },
    },
    refused: versionLost,
  }
}

/** The rows of a batch may be of different moments, so a holding is conditional on its own version as well. */
function holdingCondition({ version }: Holding): {
  ConditionExpression: string
  ExpressionAttributeValues?: Record<string, bigint>
} {
  if (version === 0n) return { ConditionExpression: absent }
  return { ConditionExpression: unchanged, ExpressionAttributeValues: { ':version': version } }
}

function holdingWrite(
  table: string,
  username: string,
  before: Holding,
  after: Holding | undefined,
): Write {
  const condition = { TableName: table, ...holdingCondition(before) }
  const Key = holdingKey(username, before.assetId)
  if (!after) return { check: { ...condition, Key }, refused: versionLost }
  if (totalQuantity(after) === 0n) return { delete: { ...condition, Key }, refused: versionLost }
  return { put: { ...condition, Item: holdingItem(username, after) }, refused: versionLost }
}

function holdingWrites(table: string, { username, before, change }: Commit<Write>): Write[] {
  return [...before.holdings.values()].map((holding) => {
    const after = change?.holdings.find(({ assetId }) => assetId === holding.assetId)
    return holdingWrite(table, username, holding, after)
  })
}

function entryWrites(table: string, { change }: Commit<Write>): Write[] {
  if (!change) return []
  return [
    {
      put: { TableName: table, Item: entryItem(change.entry), ConditionExpression: absent },
      refused: () => new JournalViolation('The journal has an entry beyond its account.'),
    },
    ...indexKeys(change.entry).map((key) => ({ put: { TableName: table, Item: { ...key } } })),
  ]
}

/** A closing is written once: another row under its key would mean that the journal was closed twice. */
function closingWrites(table: string, { username, closing }: Commit<Write>): Write[] {
  if (!closing) return []
  return closing.kinds.map((kind) => ({
    put: {
      TableName: table,
      Item: closingItem(username, kind, closing.row),
      ConditionExpression: absent,
    },
    refused: () => new JournalViolation('The journal has a closing beyond its account.'),
  }))
}

/** The order decides which refusal is reported: a used key, then a lost race, then the cause's own. */
function commitWrites(table: string, commit: Commit<Write>): Write[] {
  return [
    guardWrite(table, commit),
    accountWrite(table, commit),
    ...holdingWrites(table, commit),
    ...entryWrites(table, commit),
    ...closingWrites(table, commit),
    ...yearGainWrites(table, commit.change?.entry),
    ...commit.cause,
  ]
}

/** Accounts in DynamoDB: one batch to read, one transaction to commit. */
export function createAccountStore(db: Db, table: string): AccountStore<Write, RowAddress, Item> {
  return {
    async read({ username, key, assetIds, reads, nowMs }) {
      const holdingKeys = assetIds.map((assetId) => holdingKey(username, assetId))
      const own = [guardKey(username, key), accountKey(username), ...holdingKeys]
      const items = await readItems(db, [
        ...own.map((address) => ({ table, key: address })),
        ...reads,
      ])
      const [guard, account] = items
      return {
        guard: parseGuard(guard, seconds(nowMs)),
        account: account && parseAccount(account),
        holdings: items.slice(2, own.length).flatMap((item) => (item ? [parseHolding(item)] : [])),
        rows: items.slice(own.length),
      }
    },

    async readGuard(username, key, nowMs): Promise<Guard | undefined> {
      return parseGuard(await readItem(db, table, guardKey(username, key)), seconds(nowMs))
    },

    readHoldings: (username) => readHoldingRows({ db, table }, username),

    commit: (commit) => transact(db, commitWrites(table, commit)),
  }
}

/** Opens an account, as part of the transaction that makes the user. */
export function openAccountWrite(table: string, account: Account): Write {
  return {
    put: { TableName: table, Item: accountItem(account), ConditionExpression: absent },
    refused: () => new InvariantViolation('A name that was free has an account.'),
  }
}
