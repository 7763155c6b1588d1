import { signOf } from '../format/money.ts'
import { MoneyChange, QuantityChange } from '../ui/Money.tsx'

interface HeldEntry {
  readonly cashHeldChange: string
  readonly quantityHeldChange: string | null
}

/** The amount that was set aside or returned: cash for a buy, the asset for a sale. */
export function HeldChange({ entry, assetId }: { entry: HeldEntry; assetId: string | null }) {
  const { cashHeldChange, quantityHeldChange } = entry
  if (signOf(cashHeldChange) !== 0) return <MoneyChange value={cashHeldChange} isNeutral />
  if (!assetId || !quantityHeldChange || signOf(quantityHeldChange) === 0) return '–'
  return <QuantityChange value={quantityHeldChange} unit={assetId} />
}
