import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { formatUsd, parseUsd, usdFromCents } from '@cnop/kit/money'
import { crowdEnvironment } from '../money/bank.ts'
import { percentile, print, readCommit, readNumber } from '../report.ts'
import type { Answer } from '../world/client.ts'
import type { Trader } from '../world/trader.ts'
import { startWorld } from '../world/world.ts'

export interface ContentionResult {
  readonly operations: number
  /** Neither completed nor refused for a business reason. */
  readonly failed: number
  readonly refused: number
  readonly balanceExact: boolean
  readonly p50Ms: number
  readonly p95Ms: number
}

const businessRefusals = new Set([
  'INSUFFICIENT_FUNDS',
  'INSUFFICIENT_HOLDINGS',
  'DAILY_LIMIT_EXCEEDED',
])

interface Timed {
  readonly outcome: 'done' | 'refused' | 'failed'
  /** The change of cash in the response, in cents. */
  readonly change: bigint
  readonly durationMs: number
  readonly code: string | undefined
}

interface Moved {
  readonly entry?: { readonly cashChange: string }
  readonly order?: { readonly total: string }
}

function changeOf(data: Answer['data']): bigint {
  const [moved] = Object.values(data ?? {}) as Moved[]
  if (moved?.entry) return parseUsd(moved.entry.cashChange)
  return 0n - parseUsd(moved?.order?.total ?? '0')
}

async function timed(send: () => Promise<Answer>): Promise<Timed> {
  const startedAt = performance.now()
  const answer = await send().catch(() => undefined)
  const durationMs = performance.now() - startedAt
  const [code] = answer?.codes ?? ['no answer']
  if (code !== undefined) {
    const outcome = businessRefusals.has(code) ? 'refused' : 'failed'
    return { outcome, change: 0n, durationMs, code }
  }
  const change = changeOf(answer?.data)
  return { outcome: 'done', change, durationMs, code }
}

/** Rotates between three commands. Some withdrawals exceed any possible balance. */
function command(trader: Trader, place: number): Promise<Answer> {
  const cents = String(place % 100).padStart(2, '0')
  if (place % 3 === 0) return trader.deposits(`10.${cents}`)
  if (place % 3 === 1) return trader.withdraws(place % 30 === 1 ? '90000.00' : `5.${cents}`)
  return trader.buys('0.002', 'ETH')
}

const openingCash = '5000.00'
/** High enough that a slow machine trips no breaker. The limit for the times is unchanged. */
const subgraphDeadlineMs = 9_000

/** Commands of another user, so that the measured process is warm. */
async function warmUp(trader: Trader): Promise<void> {
  for (let place = 0; place < 30; place += 1) await command(trader, place)
}

/** Concurrent commands of one user through the router: all receive a response, and the balance is exact. */
export async function measureContention(operations: number): Promise<ContentionResult> {
  const directory = mkdtempSync(join(tmpdir(), 'cnop-contention-'))
  const world = await startWorld({
    ...crowdEnvironment,
    DATA_DIRECTORY: directory,
    SUBGRAPH_DEADLINE_MS: String(subgraphDeadlineMs),
  })
  try {
    await warmUp(await world.trader({ cash: openingCash }))
    const trader = await world.trader({ cash: openingCash })
    const replies = await Promise.all(
      Array.from({ length: operations }, (_, place) => timed(() => command(trader, place))),
    )
    const expected = replies.reduce<bigint>(
      (sum, { change }) => sum + change,
      parseUsd(openingCash),
    )
    const failed = replies.filter(({ outcome }) => outcome === 'failed')
    for (const { code } of failed) print(`failed: ${String(code)}`)
    const durations = replies.map(({ durationMs }) => durationMs)
    return {
      operations,
      failed: failed.length,
      refused: replies.filter(({ outcome }) => outcome === 'refused').length,
      balanceExact: (await trader.cash()) === formatUsd(usdFromCents(expected)),
      p50Ms: percentile(durations, 0.5),
      p95Ms: percentile(durations, 0.95),
    }
  } finally {
    await world.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

const slowestMs = 2_000

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { operations: { type: 'string' } } })
  const result = await measureContention(readNumber('operations', values.operations, 100))
  print(JSON.stringify({ ...result, subgraphDeadlineMs, seed: 0, commit: readCommit() }))
  const isGood = result.failed === 0 && result.balanceExact && result.p95Ms < slowestMs
  process.exitCode = isGood ? 0 : 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
