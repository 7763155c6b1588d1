import { BadInput } from '@cnop/kit/errors'
import { formatQuantity, type Quantity, quantityFromUnits } from '@cnop/kit/money'
import {
  mostLots,
  type NamedLot,
  namedPart,
  takeNamedLots,
  unpackLots,
  unpackNamedLots,
} from '@cnop/ledger/lots'
import { filledOf, type Order, type OrderSide } from './order.ts'

interface LotsInput {
  readonly side: OrderSide
  readonly quantity?: Quantity | null | undefined
  readonly lots?:
    | readonly {
        readonly acquiredOn?: string | null | undefined
        readonly quantity: Quantity
      }[]
    | null
    | undefined
}

/** The lots that a sale names, checked without the holding. A lot of no known day has an empty one. */
export function readLots({ side, quantity, lots }: LotsInput): readonly NamedLot[] | undefined {
  if (lots == null) return undefined
  const refuse = (reason: string) => new BadInput('lots', reason)
  if (side !== 'SELL') throw refuse('belong to a sale')
  if (quantity == null) throw refuse('need a quantity, not a quoteAmount')
  if (lots.length === 0 || lots.length > mostLots) throw refuse(`must be 1 to ${mostLots}`)
  const named = lots.map((lot) => ({ day: lot.acquiredOn ?? '', quantity: lot.quantity }))
  if (named.some((lot) => lot.quantity <= 0n)) throw refuse('must be of more than zero each')
  if (new Set(named.map(({ day }) => day)).size < named.length) throw refuse('name a day twice')
  const sum = quantityFromUnits(named.reduce((total, lot) => total + lot.quantity, 0n))
  if (sum === quantity) return named
  throw refuse(`sum to ${formatQuantity(sum)}, not to the quantity of ${formatQuantity(quantity)}`)
}

/** Refuses lots that the holding does not have, or has less of. */
export function refuseLots(named: readonly NamedLot[] | undefined, holding: string): void {
  if (!named) return
  const lots = unpackLots(holding)
  for (const { day, quantity } of named) {
    const lot = lots.find((each) => each.day === day)
    const left = formatQuantity(lot?.quantity ?? quantityFromUnits(0n))
    if (lot && lot.quantity >= quantity) continue
    const which = day === '' ? 'the lot of no known day' : `the lot of ${day}`
    throw new BadInput('lots', `name ${formatQuantity(quantity)} of ${which}, which has ${left}`)
  }
}

/** Which lots a fill takes, and whether those that the order names were gone at this or an earlier one. */
export interface ChosenLots {
  readonly namedLots: readonly NamedLot[] | undefined
  readonly lotsGone: boolean | undefined
}

/**
 * What a fill takes of the lots that its order names, which other sales may have taken while it waited. Where one is gone, or has less, the account's
 * own method chooses for all of this fill: a sale is never held up by its lots.
 */
export function lotsFor(order: Order, quantity: Quantity, holding: string): ChosenLots {
  const { lots, lotsGone } = order
  if (lots === undefined) return { namedLots: undefined, lotsGone }
  const namedLots = namedPart(unpackNamedLots(lots), filledOf(order), quantity)
  return takeNamedLots(unpackLots(holding), namedLots)
    ? { namedLots, lotsGone }
    : { namedLots: undefined, lotsGone: true }
}
