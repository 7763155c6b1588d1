import type { Clock } from './clock.ts'
import type { Key, Store } from './dynamo.ts'
import { transact } from './transact.ts'

export interface LeaseOptions {
  readonly store: Store
  /** The row of a task that runs in one process at a time. */
  readonly key: Key
  readonly now: Clock
  /** Unique among all processes. */
  readonly holder: string
  readonly durationMs: number
}

/** The exclusive right to run a task. It expires when its holder stops renewing it. */
export interface Lease {
  /** Takes or renews the lease; false when another process has it, or when the store does not answer in time. */
  take(): Promise<boolean>
  isHeld(): boolean
  /** Lets the next process take over at once. */
  release(): Promise<void>
}

class HeldByAnother extends Error {
  override readonly name = 'HeldByAnother'
}

export function openLease({ store, key, now, holder, durationMs }: LeaseOptions): Lease {
  let heldUntilMs = 0
  const isHeld = (): boolean => now() < heldUntilMs

  async function write(fromMs: number): Promise<void> {
    const heldUntil = fromMs + durationMs
    const expiresAt = BigInt(Math.ceil(heldUntil / 1_000))
    await transact(store.db, [
      {
        put: {
          TableName: store.table,
          Item: { ...key, holder, heldUntil, expiresAt },
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
      await transact(store.db, [
        {
          delete: {
            TableName: store.table,
            Key: key,
            ConditionExpression: 'holder = :holder',
            ExpressionAttributeValues: { ':holder': holder },
          },
          refused: () => new HeldByAnother(),
        },
      ])
    },
  }
}
