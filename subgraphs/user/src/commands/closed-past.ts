import { utcDay } from '@cnop/kit/clock'
import {
  addQuantity,
  addUsd,
  averagePrice,
  type Price,
  subtractUsd,
  type Usd,
} from '@cnop/kit/money'
import type { Account } from '@cnop/ledger/account'
import type { Closing } from '@cnop/ledger/closing'
import { readBlockClosings, readDayClosings } from '@cnop/ledger/closings'
import type { LedgerDeps } from '@cnop/ledger/command'
import type { PastOwned } from '../domain/equity.ts'

const dayMs = 86_400_000

interface Past {
  /** From when on the closing is known to hold. */
  readonly fromMs: number
  readonly closing: Closing
}

export interface PastQuestion {
  /** The first moment of the history, and its last one. */
  readonly fromMs: number
  readonly toMs: number
  readonly stepMs: number
  /** Entries from this one on were read from the journal. */
  readonly before: bigint
}

/** What was owned according to the closings of an account: exact at each midnight, and at most a block of entries old within a day. */
export interface ClosedPast {
  /** Moments come newest first. */
  readonly ownedAt: (atMs: number) => PastOwned | undefined
  /** The average cost of what was held, where neither market nor journal has a price. */
  readonly averagePrices: ReadonlyMap<string, Price>
}

export async function readClosedPast(
  ledger: LedgerDeps,
  { username, paidIn }: Account,
  question: PastQuestion,
): Promise<ClosedPast> {
  const pasts = await readPasts(ledger, username, question)
  let next = 0
  return {
    averagePrices: averagePricesOf(pasts.map(({ closing }) => closing)),
    ownedAt: (atMs) => {
      while ((pasts[next]?.fromMs ?? -Infinity) > atMs) next += 1
      const past = pasts[next]
      return past && ownedThen(past.closing, paidIn)
    },
  }
}

/** Newest first. Steps of a day fall on midnights, for which the closings of days are enough. */
async function readPasts(
  ledger: LedgerDeps,
  username: string,
  { fromMs, toMs, stepMs, before }: PastQuestion,
): Promise<readonly Past[]> {
  const pasts: Past[] = []
  const range = { fromDay: utcDay(fromMs), days: Math.ceil((toMs - fromMs) / dayMs) + 1 }
  for await (const closing of readDayClosings(ledger, username, range)) {
    pasts.push({ fromMs: Date.parse(closing.day) + dayMs, closing })
  }
  if (stepMs < dayMs) {
    const oldest = pasts.at(-1)?.closing.sequence ?? 0n
    for await (const closing of readBlockClosings(ledger, username, oldest)) {
      // When its last entry was made is not known, only that it was before the next one.
      pasts.push({ fromMs: Date.parse(closing.until), closing })
    }
  }
  return pasts
    .filter(({ closing }) => closing.sequence < before)
    .sort((a, b) => b.fromMs - a.fromMs || (a.closing.sequence < b.closing.sequence ? 1 : -1))
}

function ownedThen(closing: Closing, paidInNow: Usd | undefined): PastOwned {
  const quantities = closing.holdings.map(
    ({ assetId, available, held }) => [assetId, addQuantity(available, held)] as const,
  )
  return {
    cash: addUsd(closing.available, closing.held),
    quantities: new Map(quantities),
    paidInSince: subtractUsd(paidInNow ?? closing.paidIn, closing.paidIn),
  }
}

/** The latest average cost of each asset; closings come newest first. */
export function averagePricesOf(
  closings: readonly Pick<Closing, 'holdings'>[],
): ReadonlyMap<string, Price> {
  const prices = new Map<string, Price>()
  for (const { holdings } of closings) {
    for (const holding of holdings) {
      if (prices.has(holding.assetId)) continue
      prices.set(
        holding.assetId,
        averagePrice(holding.costBasis, addQuantity(holding.available, holding.held)),
      )
    }
  }
  return prices
}
