import { type Quantity, type Usd, usdFromCents } from '@cnop/kit/money'
import type { JournalEntry } from './chain.ts'
import { cashChange } from './entry.ts'
import { type SaleMethod, sumLots, unpackLots } from './lots.ts'

/** What came of lots that were sold. The gain is the proceeds, less the fee, less the basis; negative for a loss. */
export interface Gain {
  /** What the market paid, before the fee. */
  readonly proceeds: Usd
  /** The fee of the sale; fees of buys are part of the basis. */
  readonly fee: Usd
  readonly basis: Usd
  readonly gain: Usd
}

/** A lot, or a part of one, that a sale took. */
export interface SoldLot extends Gain {
  /** The UTC day of the purchase; undefined for what was owned before lots were kept. */
  readonly acquiredOn: string | undefined
  /** How many days it was owned. */
  readonly daysHeld: number | undefined
  readonly quantity: Quantity
}

export interface SaleGain extends Gain {
  readonly method: SaleMethod
  readonly quantity: Quantity
  /** In the order in which they were taken. */
  readonly lots: readonly SoldLot[]
}

export const gainOf = (proceeds: Usd, fee: Usd, basis: Usd): Gain => ({
  ...{ proceeds, fee, basis },
  gain: usdFromCents(proceeds - fee - basis),
})

const dayMs = 86_400_000

/** What a sale gained; undefined for other entries, and for sales of before lots were kept. */
export function gainOfSale(entry: JournalEntry): SaleGain | undefined {
  const { kind, lots: packed, createdAt, lotMethod = 'FIFO' } = entry
  if (kind !== 'SELL' || packed === undefined) return undefined
  const lots = unpackLots(packed)
  const sold = sumLots(lots)
  const fee = entry.fee ?? usdFromCents(0n)
  const proceeds = usdFromCents(cashChange(entry) + fee)
  let before = 0n
  // Each lot has the difference of two shares from the beginning, so that the lots sum to the sale.
  const share = (total: Usd, quantity: Quantity): Usd =>
    usdFromCents((total * (before + quantity)) / sold.quantity - (total * before) / sold.quantity)
  const parts = lots.map(({ day, quantity, basis }): SoldLot => {
    const gain = gainOf(share(proceeds, quantity), share(fee, quantity), basis)
    before += quantity
    const heldMs = Date.parse(createdAt.slice(0, 10)) - Date.parse(day)
    const daysHeld = day === '' ? undefined : Math.max(heldMs / dayMs, 0)
    return { ...gain, acquiredOn: day || undefined, daysHeld, quantity }
  })
  return {
    ...gainOf(proceeds, fee, sold.basis),
    method: lotMethod,
    quantity: sold.quantity,
    lots: parts,
  }
}

/** What the sales of one asset in one UTC year amount to. */
export interface YearGain extends Gain {
  readonly assetId: string
  readonly year: number
  readonly sales: number
  readonly quantity: Quantity
  /** The last of these sales. */
  readonly sequence: bigint
}

export const yearOf = ({ createdAt }: Pick<JournalEntry, 'createdAt'>): number =>
  parseInt(createdAt.slice(0, 4), 10)
