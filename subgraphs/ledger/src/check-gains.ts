import type { JournalEntry } from './chain.ts'
import { cashChange } from './entry.ts'
import type { YearGain } from './realised.ts'
import { readLots } from './replay-lots.ts'
import type { Discrepancy } from './replay.ts'

/** Sums up the gains of the years while a journal is replayed, to compare them with the rows. */
export interface GainCheck {
  note(entry: JournalEntry): void
  /** Names the first row that is missing or wrong. A row that counts sales behind `through` is left out. */
  compare(username: string, rows: readonly YearGain[], through: bigint): Discrepancy | undefined
}

const show = (values: readonly (bigint | number)[]): string => values.join(' ')

export function startGainCheck(): GainCheck {
  /** By year and asset: sales, quantity, proceeds, fees and basis. */
  const years = new Map<string, bigint[]>()
  return {
    note: (entry) => {
      const { kind, lots, assetId, quantity = 0n, fee = 0n, createdAt } = entry
      if (kind !== 'SELL' || lots === undefined || assetId === undefined) return
      const basis = readLots(lots).reduce((sum, lot) => sum + lot.basis, 0n)
      const sale = [1n, quantity, cashChange(entry) + fee, fee, basis]
      const id = `${createdAt.slice(0, 4)} ${assetId}`
      const before = years.get(id)
      years.set(
        id,
        sale.map((value, at) => value + (before?.[at] ?? 0n)),
      )
    },
    compare: (username, rows, through) => {
      const stored = new Map(rows.map((row) => [`${row.year} ${row.assetId}`, row]))
      for (const id of new Set([...years.keys(), ...stored.keys()])) {
        const row = stored.get(id)
        if (row && row.sequence > through) continue
        const is = row ? show([row.sales, row.quantity, row.proceeds, row.fee, row.basis]) : 'none'
        const should = years.has(id) ? show(years.get(id) ?? []) : 'none'
        if (is === should) continue
        const message = `the gains of ${id} are ${is}, the journal says ${should}`
        return { username, kind: 'WRONG_GAINS', message, assetId: id.slice(5) }
      }
      return undefined
    },
  }
}
