import { DomainError } from '@cnop/kit/errors'
import { price, quantity, usd, usdFromCents } from '@cnop/kit/money'
import { seededRandom } from '@cnop/kit/testing/faults'
import { runCommand } from '@cnop/ledger/command'
import { buyEntry, depositEntry, type Entry, sellEntry, withdrawalEntry } from '@cnop/ledger/entry'
import { createLoaders } from '../loaders.ts'
import type { UserWorld } from './user-world.ts'

const hourMs = 3_600_000
export const assets = ['BTC', 'ETH'] as const
let keys = 0

/** What an account may answer to a random movement. */
const refusals: ReadonlySet<string> = new Set([
  'INSUFFICIENT_FUNDS',
  'INSUFFICIENT_HOLDINGS',
  'DAILY_LIMIT_EXCEEDED',
])

/** Moves money, unless the account refuses. */
export async function move(world: UserWorld, username: string, entry: Entry): Promise<void> {
  const key = `performance-${(keys += 1)}`
  const command = { username, key, name: 'test', input: {}, assetIds: assets }
  try {
    await runCommand(world.deps.ledger, command, () => ({ entry, result: {} }))
  } catch (error) {
    if (!(error instanceof DomainError) || !refusals.has(error.code)) throw error
  }
}

interface Life {
  readonly username: string
  readonly seed: number
  readonly untilMs: number
}

/** A user who pays, trades and withdraws at random times, at times until nothing is left. */
export async function liveAtRandom(world: UserWorld, life: Life): Promise<void> {
  const { username, seed, untilMs } = life
  const random = seededRandom(seed)
  const below = (limit: number): number => Math.floor(random() * limit)
  for (;;) {
    world.clock.advance((1 + below(30)) * hourMs + below(1_000))
    if (world.clock.now() >= untilMs) break
    await move(world, username, nextEntry(below, username))
    if (below(12) === 0) await leave(world, username)
  }
  world.clock.set(untilMs)
}

function nextEntry(below: (limit: number) => number, username: string): Entry {
  const amount = usdFromCents(BigInt(10_000 + below(40_000)))
  const [assetId] = [assets[below(2)] ?? 'BTC']
  const terms = {
    ...{ assetId, quantity: quantity(`${1 + below(3)}.5`), price: price('100'), fee: usd('0.25') },
    ...{ total: amount, orderId: `ord_${username}_${(keys += 1)}` },
  }
  const kind = below(6)
  if (kind < 2) return depositEntry(amount)
  if (kind === 2) return withdrawalEntry(amount)
  return kind === 3 ? sellEntry(terms) : buyEntry(terms)
}

/** Sells and withdraws everything. */
async function leave(world: UserWorld, username: string): Promise<void> {
  const { holdings } = await createLoaders(world.deps).readSettled(username)
  for (const { assetId, available } of holdings) {
    const terms = { assetId, quantity: available, price: price('100'), fee: usd('0') }
    const orderId = `ord_${username}_${(keys += 1)}`
    await move(world, username, sellEntry({ ...terms, total: usd('90.00'), orderId }))
  }
  const { account } = await createLoaders(world.deps).readSettled(username)
  if (account.available > 0n) await move(world, username, withdrawalEntry(account.available))
}
