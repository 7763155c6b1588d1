import { BadInput } from '@cnop/kit/errors'
import { subtractUsd, zeroUsd } from '@cnop/kit/money'
import { listEntries } from '@cnop/ledger/activity'
import { cashChange, type EntryKind } from '@cnop/ledger/entry'
import type { Deps } from '../deps.ts'
import type { PerformanceFacts } from '../domain/performance.ts'

/** So many payments are read for the times of the day when they were made: as many entries as a history of a month follows. */
const mostPayments = 128
/** Without its trades, the performance of an asset cannot be computed. */
const mostTrades = 512
/** The clocks of processes differ a little; in the end the sequence decides what belongs to a day. */
const slackMs = 3_600_000

export interface MovementQuestion {
  readonly username: string
  readonly assetId: string | undefined
  readonly fromMs: number
  readonly toMs: number
}

type Movements = Pick<PerformanceFacts, 'movements' | 'knownAfter'>

/** What came in from outside or left, or what was paid for one asset and what its sales brought: the newest of a range. */
export async function readMovements(
  ledger: Deps['ledger'],
  { username, assetId, fromMs, toMs }: MovementQuestion,
): Promise<Movements> {
  const kinds: readonly EntryKind[] = assetId
    ? ['BUY', 'SELL']
    : ['DEPOSIT', 'WITHDRAWAL', 'RED_POCKET']
  const range = { fromMs: fromMs - slackMs, toMs: toMs + slackMs }
  const query = { username, first: assetId ? mostTrades : mostPayments, kinds, assetId, ...range }
  const { entries, hasNextPage } = await listEntries(ledger, query)
  if (hasNextPage && assetId) {
    throw new BadInput('from', `begins before the last ${mostTrades} trades of the asset`)
  }
  const movements = entries.map((entry) => ({
    sequence: entry.sequence,
    atMs: Date.parse(entry.createdAt),
    amount: assetId ? subtractUsd(zeroUsd, cashChange(entry)) : cashChange(entry),
  }))
  const oldest = movements.at(-1)?.sequence ?? 1n
  return { movements: movements.toReversed(), knownAfter: hasNextPage ? oldest - 1n : 0n }
}
