import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { toIso } from '@cnop/kit/clock'
import type { Db } from '@cnop/kit/dynamo'
import { leaseKey } from './keys.ts'

/** A task that one process at a time does for all. */
export interface Lease {
  readonly db: Db
  readonly table: string
  readonly task: string
  readonly holder: string
}

/** Takes or extends the lease until an instant; false while another process has it. */
export async function takeLease(
  { db, table, task, holder }: Lease,
  nowMs: number,
  untilMs: number,
): Promise<boolean> {
  return isAccepted(
    db.documents.send(
      new UpdateCommand({
        TableName: table,
        Key: leaseKey(task),
        UpdateExpression: 'SET holder = :holder, leasedUntil = :until, expiresAt = :ttl',
        ConditionExpression: 'attribute_not_exists(pk) OR leasedUntil <= :now OR holder = :holder',
        ExpressionAttributeValues: {
          ':holder': holder,
          ':until': toIso(untilMs),
          ':now': toIso(nowMs),
          ':ttl': BigInt(Math.ceil(untilMs / 1_000)),
        },
      }),
    ),
  )
}

/** Gives the lease back, so that the next process need not wait for its end. */
export async function returnLease({ db, table, task, holder }: Lease): Promise<void> {
  await isAccepted(
    db.documents.send(
      new DeleteCommand({
        TableName: table,
        Key: leaseKey(task),
        ConditionExpression: 'holder = :holder',
        ExpressionAttributeValues: { ':holder': holder },
      }),
    ),
  )
}

async function isAccepted(sent: Promise<unknown>): Promise<boolean> {
  try {
    await sent
    return true
  } catch (error) {
    if ((error as Error).name === 'ConditionalCheckFailedException') return false
    throw error
  }
}
