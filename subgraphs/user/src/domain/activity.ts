import { type Price, type Quantity, subtractUsd, type Usd, zeroUsd } from '@cnop/kit/money'
import type { JournalEntry } from '@cnop/ledger/chain'
import {
  assetsOf,
  cashChange,
  cashHeldChange,
  type EntryKind,
  quantityChange,
  quantityHeldChange,
} from '@cnop/ledger/entry'
import { gainOfSale, type SaleGain } from '@cnop/ledger/realised'

/** One journal entry as its owner sees it. */
export interface Activity {
  readonly id: string
  readonly sequence: number
  readonly kind: EntryKind
  readonly cashChange: Usd
  readonly cashHeldChange: Usd
  readonly cashAfter: Usd
  readonly assetId: string | undefined
  readonly quantityChange: Quantity | undefined
  readonly quantityHeldChange: Quantity | undefined
  readonly price: Price | undefined
  readonly fee: Usd | undefined
  readonly realised: SaleGain | undefined
  readonly orderId: string | undefined
  readonly createdAt: string
  readonly hash: string
}

export function toActivity(entry: JournalEntry): Activity {
  const [moved] = assetsOf(entry)
  return {
    id: entry.id,
    sequence: parseInt(String(entry.sequence), 10),
    kind: entry.kind,
    cashChange: cashChange(entry),
    cashHeldChange: cashHeldChange(entry),
    cashAfter: entry.cashAfter,
    assetId: entry.assetId,
    quantityChange: moved === undefined ? undefined : quantityChange(entry, moved),
    quantityHeldChange: moved === undefined ? undefined : quantityHeldChange(entry, moved),
    price: entry.price,
    fee: entry.fee,
    realised: gainOfSale(entry),
    orderId: entry.orderId,
    createdAt: entry.createdAt,
    hash: entry.hash,
  }
}

/** A trade as the insights service sees it: nothing personal. */
export interface TradeFact {
  readonly side: string
  readonly assetId: string
  readonly quantity: Quantity
  readonly total: Usd
  readonly createdAt: string
}

const magnitude = (value: Usd): Usd => (value < 0n ? subtractUsd(zeroUsd, value) : value)

/** Trades only; other entries have no fact. */
export function toTradeFacts(entries: readonly JournalEntry[]): readonly TradeFact[] {
  return entries.flatMap((entry) => {
    const { kind, assetId, quantity, createdAt } = entry
    if ((kind !== 'BUY' && kind !== 'SELL') || !assetId || quantity === undefined) return []
    return [{ side: kind, assetId, quantity, total: magnitude(cashChange(entry)), createdAt }]
  })
}
