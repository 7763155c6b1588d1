import { toIso } from '@cnop/kit/clock'
import type { Clock } from '@cnop/kit/clock'
import { queryPage, readItems } from '@cnop/kit/read'
import type { Key } from '@cnop/kit/dynamo'
import { transact, type Write } from '@cnop/kit/transact'
import { z } from 'zod'
import type { LedgerPlace } from './balances.ts'
import type { Checkpoint } from './checkpoint.ts'
import { readExpected } from './closings.ts'
import { parseAccount, parseEntry, parseHolding } from './item.ts'
import {
  accountKey,
  changedHoldsKey,
  checkpointKey,
  entryPrefix,
  entrySk,
  holdingPrefix,
  partition,
  shardKey,
  shardOf,
  unverifiedIndex,
} from './keys.ts'
import type { Verified, VerifierStore } from './verify-account.ts'

export type VerifierPlace = LedgerPlace & { readonly now: Clock }

const checkpointRow = z.object({ sequence: z.bigint(), head: z.string(), state: z.string() })

const rowsPerCall = 200

class AccountMoved extends Error {}
class CheckpointMoved extends Error {}

/** The account and its checkpoint, in one call. */
export async function readVerified({ db, table }: LedgerPlace, username: string) {
  const keys = [accountKey(username), checkpointKey(username)]
  const [account, checkpoint] = await readItems(
    db,
    keys.map((key) => ({ table, key })),
  )
  return {
    ...(account && { account: parseAccount(account) }),
    ...(checkpoint && { checkpoint: checkpointRow.parse(checkpoint) as Checkpoint }),
  }
}

/** Incremental verification in DynamoDB: one batch, one query and one transaction for an account. */
export function createVerifierStore(place: VerifierPlace): VerifierStore {
  const { db, table } = place
  return {
    read: (username) => readVerified(place, username),

    // Entries sort directly before holdings, so that one query reads what is new of both.
    async *readBehind(username, sequence) {
      const pk = partition(username)
      const between = [entrySk(sequence + 1n), `${holdingPrefix}~`] as const
      let after: Key | undefined
      do {
        const query = { table, pk, between, after, limit: rowsPerCall, newestFirst: false }
        const page = await queryPage(db, query)
        for (const item of page.items) {
          yield String(item['sk']).startsWith(entryPrefix) ? parseEntry(item) : parseHolding(item)
        }
        after = page.last
      } while (after)
    },

    readClosings: (username, expected) => readExpected(place, username, expected),

    save: async (verified) => {
      try {
        await transact(db, saveWrites(place, verified))
        return 'saved'
      } catch (error) {
        if (error instanceof AccountMoved) return 'account moved'
        if (error instanceof CheckpointMoved) return 'checkpoint moved'
        throw error
      }
    },
  }
}

function saveWrites(place: VerifierPlace, verified: Verified): Write[] {
  return [
    checkpointWrite(place, verified),
    ...markWrites(place, verified),
    totalsWrite(place, verified),
    ...holdsWrites(place, verified),
  ]
}

function checkpointWrite({ table, now }: VerifierPlace, { username, from, to }: Verified): Write {
  return {
    put: {
      TableName: table,
      Item: { ...checkpointKey(username), ...to, verifiedAt: toIso(now()) },
      ...(from
        ? {
            ConditionExpression: '#sequence = :from AND head = :head',
            ExpressionAttributeNames: { '#sequence': 'sequence' },
            ExpressionAttributeValues: { ':from': from.sequence, ':head': from.head },
          }
        : { ConditionExpression: 'attribute_not_exists(pk)' }),
    },
    refused: () => new CheckpointMoved(),
  }
}

/** The version stays, so that no command loses a race to a verifier. */
function markWrites({ table }: VerifierPlace, { username, account }: Verified): Write[] {
  if (!account) return []
  return [
    {
      update: {
        TableName: table,
        Key: accountKey(username),
        UpdateExpression: `REMOVE ${unverifiedIndex}Pk, ${unverifiedIndex}Sk`,
        ConditionExpression: 'version = :version',
        ExpressionAttributeValues: { ':version': account.version },
      },
      refused: () => new AccountMoved(),
    },
  ]
}

function totalsWrite({ table }: VerifierPlace, { username, from, to, assetIds }: Verified): Write {
  const hasAssets = assetIds.size > 0
  return {
    update: {
      TableName: table,
      Key: shardKey(shardOf(username)),
      UpdateExpression: `ADD accounts :accounts, entries :entries${hasAssets ? ', assets :assets' : ''}`,
      ExpressionAttributeValues: {
        ':accounts': from ? 0n : 1n,
        ':entries': to.sequence - (from?.sequence ?? 0n),
        ...(hasAssets && { ':assets': new Set(assetIds) }),
      },
    },
  }
}

function holdsWrites({ table, now }: VerifierPlace, verified: Verified): Write[] {
  const { username, to, haveHoldsChanged } = verified
  if (!haveHoldsChanged) return []
  return [
    {
      update: {
        TableName: table,
        Key: changedHoldsKey(username),
        UpdateExpression: 'SET since = if_not_exists(since, :now), #sequence = :sequence',
        ExpressionAttributeNames: { '#sequence': 'sequence' },
        ExpressionAttributeValues: { ':now': toIso(now()), ':sequence': to.sequence },
      },
    },
  ]
}
