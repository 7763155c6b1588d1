import { addQuantity, averagePrice, type Price, type Quantity, type Usd } from '@cnop/kit/money'
import type { Holding } from '@cnop/ledger/account'

/** A holding as its owner sees it. */
export interface OwnedHolding {
  readonly username: string
  readonly assetId: string
  /** Available and held. */
  readonly quantity: Quantity
  readonly held: Quantity
  readonly available: Quantity
  readonly costBasis: Usd
  readonly averageCost: Price
}

export function toOwnedHolding(username: string, holding: Holding): OwnedHolding {
  const { assetId, available, held, costBasis } = holding
  const quantity = addQuantity(available, held)
  const averageCost = averagePrice(costBasis, quantity)
  return { username, assetId, quantity, held, available, costBasis, averageCost }
}
