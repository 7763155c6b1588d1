import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { toIso } from '@cnop/kit/clock'
import { isConditionFailed, type Item, type Store } from '@cnop/kit/dynamo'
import { isExpired, readItems } from '@cnop/kit/read'
import type { Write } from '@cnop/kit/transact'
import { z } from 'zod'
import type { FailureCounter } from '../domain/device.ts'
import { failureMemoryMs, type SignInFailures } from '../domain/sign-in-delay.ts'
import { failuresKey, profileKey } from './keys.ts'
import { type Credentials, parseCredentials } from './users.ts'

const failuresRow = z.object({ failures: z.bigint(), lastFailedAt: z.string() })

function parseFailures(item: Item | undefined, nowMs: number): SignInFailures | undefined {
  if (!item || isExpired(item, nowMs)) return undefined
  const { failures, lastFailedAt } = failuresRow.parse(item)
  return { count: parseInt(String(failures), 10), lastFailedAtMs: Date.parse(lastFailedAt) }
}

/** The account of an attempt, and the counter of its failures. */
export interface Guess {
  readonly username: string
  readonly counter: FailureCounter
}

/** Both rows that a sign-in looks at, in one call that costs the same whether the user exists or not. */
export async function readSignIn(
  { db, table }: Store,
  { username, counter }: Guess,
  nowMs: number,
): Promise<{ credentials: Credentials | undefined; failures: SignInFailures | undefined }> {
  const [profile, failures] = await readItems(db, [
    { table, key: profileKey(username) },
    { table, key: failuresKey(username, counter) },
  ])
  return {
    credentials: profile && parseCredentials(profile),
    failures: parseFailures(failures, nowMs),
  }
}

const seconds = (ms: number): bigint => BigInt(Math.floor(ms / 1_000))

const count = 'lastFailedAt = :at, expiresAt = :until'

/**
 * Counts one more failed sign-in. Unknown names are counted too: a delay for existing accounts only would reveal
 * which names exist. An expired row starts again at one.
 */
export async function countFailure(
  { db, table }: Store,
  { username, counter }: Guess,
  nowMs: number,
): Promise<void> {
  const update = (expression: string, condition: string, values: Record<string, bigint>) =>
    db.documents.send(
      new UpdateCommand({
        TableName: table,
        Key: failuresKey(username, counter),
        UpdateExpression: expression,
        ConditionExpression: condition,
        ExpressionAttributeValues: {
          ':at': toIso(nowMs),
          ':until': seconds(nowMs + failureMemoryMs),
          ':now': seconds(nowMs),
          ...values,
        },
      }),
    )
  const isCurrent = 'attribute_not_exists(pk) OR expiresAt > :now'
  const addOne = () => update(`SET ${count} ADD failures :one`, isCurrent, { ':one': 1n })
  try {
    await addOne()
  } catch (error) {
    if (!isConditionFailed(error)) throw error
    const startAnew = update(`SET failures = :one, ${count}`, 'expiresAt <= :now', { ':one': 1n })
    // If another sign-in starts it at the same moment, there is a row to add to.
    await startAnew.catch((refusal: unknown) =>
      isConditionFailed(refusal) ? addOne() : Promise.reject(refusal as Error),
    )
  }
}

/** A successful sign-in deletes its counter of failures in the transaction that opens the session. */
export const forgetFailuresWrite = (table: string, { username, counter }: Guess): Write => ({
  delete: { TableName: table, Key: failuresKey(username, counter) },
})
