import type { Clock } from '@cnop/kit/clock'
import type { Db } from '@cnop/kit/dynamo'
import { transact } from '@cnop/kit/transact'
import { leaseKey } from '../../inventory/src/store/tables.ts'

export interface LeaseOptions {
  readonly db: Db
  readonly table: string
  readonly now: Clock
  /** Who asks; unique among all processes. */
  readonly holder: string
  readonly durationMs: number
}

/** The right to be the only one that keeps the market up to date. It ends by itself when its holder dies. */
export interface Lease {
  /** Takes or keeps the lease; false when another process has it, or when the store does not answer in time. */
  take(): Promise<boolean>
  isHeld(): boolean
  /** Lets the next process take over at once. */
  release(): Promise<void>
}

class HeldByAnother extends Error {
  override readonly name = 'HeldByAnother'
}

export function openLease({ db, table, now, holder, durationMs }: LeaseOptions): Lease {
  let heldUntilMs = 0
  const isHeld = (): boolean => now() < heldUntilMs

  async function write(fromMs: number): Promise<void> {
    await transact(db, [
      {
        put: {
          TableName: table,
          Item: { ...leaseKey, holder, heldUntil: fromMs + durationMs },
          ConditionExpression: 'attribute_not_exists(pk) OR holder = :holder OR heldUntil <= :now',
          ExpressionAttributeValues: { ':holder': holder, ':now': fromMs },
        },
        refused: () => new HeldByAnother(),
      },
    ])
  }

  return {
    isHeld,
    take: async () => {
      const fromMs = now()
      // It is renewed when half of it is over, so that one slow call does not lose it.
      if (heldUntilMs - fromMs > durationMs / 2) return true
      try {
        await write(fromMs)
        heldUntilMs = fromMs + durationMs
      } catch (error) {
        if (error instanceof HeldByAnother) heldUntilMs = 0
        else if (!isHeld()) throw error
      }
      return isHeld()
    },
    release: async () => {
      if (!isHeld()) return
      heldUntilMs = 0
      await transact(db, [
        {
          delete: {
            TableName: table,
            Key: leaseKey,
            ConditionExpression: 'holder = :holder',
            ExpressionAttributeValues: { ':holder': holder },
          },
          refused: () => new HeldByAnother(),
        },
      ])
    },
  }
}
