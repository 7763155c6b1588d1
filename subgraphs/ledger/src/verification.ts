import { type Account, type Holding, postedCash, totalQuantity } from './account.ts'
import { cashAssetId, type EntryKind } from './entry.ts'
import type { Discrepancy, Replay } from './replay.ts'

export interface AssetVerification {
  readonly assetId: string
  /** Whether what users own equals what came in minus what went out. */
  readonly isBalanced: boolean
  /** What all users own, by their rows; cents or quantity units. */
  readonly owned: bigint
  /** The negative balance of the platform accounts, by the journal. */
  readonly issued: bigint
}

export interface Verification {
  readonly isBalanced: boolean
  readonly accounts: number
  readonly entries: number
  /** The same, by what happened. */
  readonly kinds: ReadonlyMap<EntryKind, number>
  readonly verifiedAt: string
  /** The first one. */
  readonly discrepancy: Discrepancy | undefined
  /** At most a hundred of them, one for a user. */
  readonly discrepancies: readonly Discrepancy[]
  /** Users with constant movements: their journals are verified, their balances were not compared. */
  readonly unsettled: readonly string[]
  /** Cash first, then by ticker. */
  readonly assets: readonly AssetVerification[]
}

/** What a verification has counted so far. */
export interface Tally {
  accounts: number
  entries: number
  readonly kinds: Map<EntryKind, number>
  readonly discrepancies: Discrepancy[]
  readonly unsettled: string[]
  readonly owned: Map<string, bigint>
  readonly issued: Map<string, bigint>
}

export const startTally = (): Tally => ({
  accounts: 0,
  entries: 0,
  kinds: new Map(),
  discrepancies: [],
  unsettled: [],
  owned: new Map([[cashAssetId, 0n]]),
  issued: new Map(),
})

const mostDiscrepancies = 100

export function note(
  { discrepancies }: Tally,
  ...found: readonly (Discrepancy | undefined)[]
): void {
  const left = mostDiscrepancies - discrepancies.length
  discrepancies.push(...found.flatMap((each) => each ?? []).slice(0, left))
}

export function report(tally: Tally, verifiedAt: string): Verification {
  const assetIds = new Set([...tally.owned.keys(), ...tally.issued.keys()])
  const tickers = [...assetIds].filter((assetId) => assetId !== cashAssetId).sort()
  const assets = [cashAssetId, ...tickers].map((assetId) => {
    const owned = tally.owned.get(assetId) ?? 0n
    const issued = tally.issued.get(assetId) ?? 0n
    return { assetId, isBalanced: owned === issued, owned, issued }
  })
  const { discrepancies } = tally
  const isBalanced = discrepancies.length === 0 && assets.every((asset) => asset.isBalanced)
  return {
    isBalanced,
    accounts: tally.accounts,
    entries: tally.entries,
    kinds: tally.kinds,
    verifiedAt,
    discrepancy: discrepancies[0],
    discrepancies,
    unsettled: tally.unsettled,
    assets,
  }
}

const add = (sums: Map<string, bigint>, assetId: string, amount: bigint): void => {
  sums.set(assetId, (sums.get(assetId) ?? 0n) + amount)
}

export function addOwned(tally: Tally, account: Account, holdings: readonly Holding[]): void {
  add(tally.owned, cashAssetId, postedCash(account))
  for (const holding of holdings) add(tally.owned, holding.assetId, totalQuantity(holding))
}

export function addIssued(tally: Tally, { issued }: Replay): void {
  for (const [assetId, amount] of issued) add(tally.issued, assetId, amount)
}
