import { addQuantity, averagePrice, type Price, type Quantity, type Usd } from '@cnop/kit/money'
import type { Holding } from '@cnop/ledger/account'
import { unpackLots } from '@cnop/ledger/lots'

export interface OwnedLot {
  /** The UTC day; undefined for what was owned before lots were kept. */
  readonly acquiredOn: string | undefined
  readonly quantity: Quantity
  readonly basis: Usd
}

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
  readonly lots: readonly OwnedLot[]
}

export function toOwnedHolding(username: string, holding: Holding): OwnedHolding {
  const { assetId, available, held, costBasis } = holding
  const quantity = addQuantity(available, held)
  const averageCost = averagePrice(costBasis, quantity)
  const lots = unpackLots(holding.lots).map(({ day, ...lot }) => ({
    ...lot,
    acquiredOn: day || undefined,
  }))
  return { username, assetId, quantity, held, available, costBasis, averageCost, lots }
}
