import { type Quantity, quantityFromUnits } from '@cnop/kit/money'
import type { JournalEntry } from '@cnop/ledger/chain'
import { type NamedLot, unpackLots, unpackNamedLots } from '@cnop/ledger/lots'
import type { Order } from '@cnop/order/domain/order'
import type { Random } from './random.ts'
import type { Rows } from './sim-rows.ts'

/** Which lots a sale is to name: none, or those from a place on, the newest first or the oldest. */
export interface Wish {
  readonly place: number
  readonly isNewestFirst: boolean
}

export const drawWish = (random: Random, side: Order['side']): Wish | undefined =>
  side === 'SELL' && random.happens(0.5)
    ? { place: random.below(3), isNewestFirst: random.happens(0.7) }
    : undefined

/** The lots of a holding that a sale of a quantity names; undefined where they are too few. */
export function nameLots(
  wish: Wish | undefined,
  packed: string,
  quantity: Quantity | undefined,
): readonly NamedLot[] | undefined {
  if (!wish || quantity === undefined) return undefined
  const lots = [...unpackLots(packed)]
  if (wish.isNewestFirst) lots.reverse()
  const first = lots.splice(0, wish.place)
  let missing: bigint = quantity
  const named = [...lots, ...first].flatMap(({ day, quantity: units }) => {
    const part = units < missing ? units : quantityFromUnits(missing)
    missing -= part
    return part > 0n ? [{ day, quantity: part }] : []
  })
  return missing === 0n ? named : undefined
}

interface Owned {
  readonly quantity: bigint
}

/** Follows the sales of orders that name their lots: each takes those behind what the order has sold, or says that they were gone. */
export function followNamed() {
  const sold = new Map<string, bigint>()
  return (
    orders: Rows['orders'],
    entry: JournalEntry,
    owned: ReadonlyMap<string, Owned>,
  ): string | undefined => {
    const { kind, orderId = '', quantity = 0n, lotMethod } = entry
    if (kind !== 'SELL') return undefined
    const order = orders.get(orderId)?.record
    const from = sold.get(orderId) ?? 0n
    sold.set(orderId, from + quantity)
    if (order?.lots === undefined) {
      return lotMethod === 'NAMED' ? 'a sale takes lots that nobody named' : undefined
    }
    const named = behind(unpackNamedLots(order.lots), from, quantity)
    return lotMethod === 'NAMED' ? checkTaken(entry, named) : checkGone(order, named, owned)
  }
}

type Named = readonly (readonly [string, bigint])[]

function checkTaken({ lots = '' }: JournalEntry, named: Named): string | undefined {
  const taken = unpackLots(lots).map((lot) => `${lot.day} ${lot.quantity}`)
  const isSame = taken.join() === named.map(([day, units]) => `${day} ${units}`).join()
  return isSame ? undefined : 'a sale takes other lots than it names'
}

function checkGone(
  { lotsGone }: Order,
  named: Named,
  owned: ReadonlyMap<string, Owned>,
): string | undefined {
  const areThere = named.every(([day, units]) => (owned.get(day)?.quantity ?? 0n) >= units)
  return areThere || !lotsGone ? 'a sale takes other lots than it names' : undefined
}

/** What is sold unit by unit, as it were: the named lots without the first units, and no more than are sold. */
function behind(named: readonly NamedLot[], skipped: bigint, sold: bigint): Named {
  let [toSkip, toSell] = [skipped, sold]
  return named.flatMap(({ day, quantity }) => {
    const passed = quantity < toSkip ? quantity : toSkip
    const rest = quantity - passed
    const part = rest < toSell ? rest : toSell
    toSkip -= passed
    toSell -= part
    return part > 0n ? [[day, part] as const] : []
  })
}
