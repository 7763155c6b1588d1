import { postedCash, totalQuantity } from '@cnop/ledger/account'
import type { Quote } from '@cnop/quotes/quote'
import type { Owned } from '../domain/equity.ts'
import { type Rewind, startRewind } from '../domain/rewind.ts'
import type { Settled } from '../loaders.ts'

/** Holdings and their prices at the moment of a request. */
export interface Standing {
  readonly settled: Settled
  readonly quotes: ReadonlyMap<string, Quote>
  readonly nowMs: number
}

export function ownedNow({ account, holdings }: Settled): Owned {
  const quantities = holdings.map((holding) => [holding.assetId, totalQuantity(holding)] as const)
  return { cash: postedCash(account), quantities: new Map(quantities) }
}

/** Begins at what is owned now, to go back in time from there. */
export const rewindFrom = (
  { settled }: Standing,
  moments: readonly number[],
  mostSteps?: number,
): Rewind => startRewind(ownedNow(settled), moments, mostSteps)
