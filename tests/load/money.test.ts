import { expect, it } from '@jest/globals'
import { measureContention } from './contention.ts'
import { measureOrders } from './orders.ts'

const timeoutMs = 120_000

it(
  'returns a response to each of many concurrent commands of one user, with an exact balance',
  async () => {
    const result = await measureContention(60)
    expect(result).toMatchObject({ operations: 60, failed: 0, balanceExact: true })
    expect(result.refused).toBeGreaterThan(0)
  },
  timeoutMs,
)

it(
  'places an order in two round trips to the store',
  async () => {
    const result = await measureOrders({ users: 3, orders: 30, atOnce: 6 })
    expect(result.failed).toBe(0)
    // If the machine stalls for seconds, the market counts as silent, and an order reads its snapshot first.
    const { Query: snapshots = 0, ...calls } = result.calls
    expect(calls).toEqual({ BatchGetItem: 30, TransactWriteItems: 30 })
    expect(snapshots).toBeLessThan(3)
  },
  timeoutMs,
)
