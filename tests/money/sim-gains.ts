import { addQuantity, addUsd, subtractUsd, zeroQuantity, zeroUsd } from '@cnop/kit/money'
import type { Change } from '@cnop/ledger/account'
import { gainOfSale, type YearGain, yearOf } from '@cnop/ledger/realised'

/** The effect of an injected bug on the gains of the years. */
export interface GainBugs {
  readonly losesGain?: boolean
  readonly overwritesGain?: boolean
  readonly countsFeeTwice?: boolean
  readonly countsByPurchase?: boolean
}

const nothing = {
  ...{ sales: 0, quantity: zeroQuantity },
  ...{ proceeds: zeroUsd, fee: zeroUsd, basis: zeroUsd, gain: zeroUsd },
}

/** Adds a sale to the row of its year, as the store does. */
export function countGain(
  gains: Map<string, YearGain>,
  bugs: GainBugs,
  { entry }: Pick<Change, 'entry'>,
): void {
  const sale = gainOfSale(entry)
  if (!sale || entry.assetId === undefined || bugs.losesGain) return
  const { username, assetId, sequence } = entry
  const createdAt = bugs.countsByPurchase ? entry.lots : undefined
  const year = yearOf({ createdAt: createdAt ?? entry.createdAt })
  const id = `${username}/${year}/${assetId}`
  const before = (bugs.overwritesGain ? undefined : gains.get(id)) ?? nothing
  const proceeds = bugs.countsFeeTwice ? subtractUsd(sale.proceeds, sale.fee) : sale.proceeds
  gains.set(id, {
    ...{ assetId, year, sequence, sales: before.sales + 1 },
    quantity: addQuantity(before.quantity, sale.quantity),
    proceeds: addUsd(before.proceeds, proceeds),
    fee: addUsd(before.fee, sale.fee),
    basis: addUsd(before.basis, sale.basis),
    gain: addUsd(before.gain, sale.gain),
  })
}
