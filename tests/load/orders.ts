import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { crowdEnvironment } from '../money/bank.ts'
import { percentile, print, readCommit, readNumber } from '../report.ts'
import type { Trader } from '../world/trader.ts'
import { newKey, startWorld, type World } from '../world/world.ts'
import { countCalls } from './count-calls.ts'

export interface OrdersOptions {
  readonly users: number
  readonly orders: number
  /** Orders in flight at the same time. */
  readonly atOnce: number
}

export interface OrdersResult extends OrdersOptions {
  readonly failed: number
  readonly ordersPerSecond: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly roundTripsPerOrder: number
  readonly calls: Readonly<Record<string, number>>
}

const placeOrder = /* GraphQL */ `
  mutation ($input: PlaceOrderInput!) {
    placeOrder(input: $input) {
      order {
        id
        status
        total
      }
    }
  }
`

const measured = 'order'

async function openTraders(world: World, users: number): Promise<Trader[]> {
  const traders: Trader[] = []
  for (let opened = 0; opened < users; opened += 1) {
    traders.push(await world.trader({ cash: '9000.00' }))
  }
  return traders
}

/**
 * Places orders of different users, at most `atOnce` at a time. Returns the duration of each, undefined for a failure.
 */
async function placeAll(
  traders: readonly Trader[],
  { orders, atOnce }: OrdersOptions,
  headers: Record<string, string>,
): Promise<(number | undefined)[]> {
  const durations: (number | undefined)[] = []
  let next = 0
  const work = async (): Promise<void> => {
    while (next < orders) {
      const trader = traders[next % traders.length]
      next += 1
      const input = { key: newKey(), side: 'BUY', type: 'MARKET', assetId: 'DOGE', quantity: '20' }
      const startedAt = performance.now()
      const answer = await trader?.ask(placeOrder, { input }, headers).catch(() => undefined)
      const isPlaced = answer?.errors.length === 0
      durations.push(isPlaced ? performance.now() - startedAt : undefined)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return durations
}

/** Market orders of distinct users through the router, on the durable embedded engine. */
export async function measureOrders(options: OrdersOptions): Promise<OrdersResult> {
  const directory = mkdtempSync(join(tmpdir(), 'cnop-orders-'))
  const counter = countCalls()
  const env = { ...crowdEnvironment, DATA_DIRECTORY: directory }
  const world = await startWorld(env, { observeStore: counter.observe })
  try {
    const traders = await openTraders(world, options.users)
    await placeAll(traders, { ...options, orders: options.users }, {})
    const startedAt = performance.now()
    const durations = await placeAll(traders, options, { 'x-measured': measured })
    const seconds = (performance.now() - startedAt) / 1_000
    const placed = durations.filter((duration) => duration !== undefined)
    const calls = Object.fromEntries(counter.calls(measured))
    const total = Object.values(calls).reduce((sum, count) => sum + count, 0)
    return {
      ...options,
      failed: durations.length - placed.length,
      ordersPerSecond: Math.round((placed.length / seconds) * 10) / 10,
      p50Ms: percentile(placed, 0.5),
      p95Ms: percentile(placed, 0.95),
      p99Ms: percentile(placed, 0.99),
      roundTripsPerOrder: Math.round((total / Math.max(1, placed.length)) * 1_000) / 1_000,
      calls,
    }
  } finally {
    counter.stop()
    await world.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

const leastPerSecond = 100
const mostRoundTrips = 2

async function main(): Promise<void> {
  const options = {
    users: { type: 'string' },
    orders: { type: 'string' },
    'at-once': { type: 'string' },
  } as const
  const { values } = parseArgs({ options })
  const result = await measureOrders({
    users: readNumber('users', values.users, 50),
    orders: readNumber('orders', values.orders, 3_000),
    atOnce: readNumber('at-once', values['at-once'], 16),
  })
  print(JSON.stringify({ ...result, seed: 0, commit: readCommit() }))
  const isGood =
    result.failed === 0 &&
    result.ordersPerSecond >= leastPerSecond &&
    result.roundTripsPerOrder <= mostRoundTrips
  process.exitCode = isGood ? 0 : 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
