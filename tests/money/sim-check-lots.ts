import type { JournalEntry } from '@cnop/ledger/chain'
import { cashChange } from '@cnop/ledger/entry'
import { type Lot, sumLots, unpackLots } from '@cnop/ledger/lots'
import { followNamed } from './sim-named-lots.ts'
import { idOf, type Rows } from './sim-rows.ts'

interface Rest {
  quantity: bigint
  basis: bigint
}

/** What is left of each day's purchases of one asset. */
type Left = Map<string, Rest>

/**
 * Follows each lot by its day through the entries alone: nothing is sold twice, nothing is lost, and sales take the lots that
 * were chosen. A simulation has fewer days than a holding has lots, so that none are merged.
 */
export function checkLots(rows: Rows): string[] {
  const failures = [...rows.unchosen]
  const left = new Map<string, Left>()
  const checkNamed = followNamed()
  for (const entry of inOrder(rows)) {
    const { kind, assetId } = entry
    if (!assetId || (kind !== 'BUY' && kind !== 'SELL')) continue
    const id = idOf(entry.username, assetId)
    const owned = left.get(id) ?? new Map<string, Rest>()
    left.set(id, owned)
    const wrong = checkNamed(rows.orders, entry, owned) ?? follow(owned, entry)
    if (wrong !== undefined) failures.push(`${wrong} at ${entry.sequence}`)
  }
  for (const [id, owned] of left) failures.push(...checkRow(rows, id, owned))
  return failures
}

const inOrder = ({ entries }: Rows): readonly JournalEntry[] =>
  [...entries.values()].sort((a, b) => (a.sequence < b.sequence ? -1 : 1))

function follow(owned: Left, entry: JournalEntry): string | undefined {
  const moved = unpackLots(entry.lots ?? '')
  if (sumLots(moved).quantity !== entry.quantity) return 'the lots are not what is traded'
  return entry.kind === 'BUY' ? add(owned, moved, entry) : take(owned, moved, entry)
}

function add(owned: Left, moved: readonly Lot[], entry: JournalEntry): string | undefined {
  for (const { day, quantity, basis } of moved) {
    const { quantity: units, basis: cents } = owned.get(day) ?? { quantity: 0n, basis: 0n }
    owned.set(day, { quantity: units + quantity, basis: cents + basis })
  }
  const isPaid = sumLots(moved).basis + cashChange(entry) === 0n
  return isPaid ? undefined : 'a lot does not cost what was paid for it'
}

/** The price per unit of a lot, as a fraction that compares exactly. */
const dearer = (
  one: { quantity: bigint; basis: bigint },
  other: { quantity: bigint; basis: bigint },
): boolean => one.basis * other.quantity > other.basis * one.quantity

function take(owned: Left, moved: readonly Lot[], { lotMethod }: JournalEntry): string | undefined {
  for (const { day, quantity, basis } of moved) {
    const lot = owned.get(day)
    if (!lot || lot.quantity < quantity || lot.basis < basis) return 'a lot is sold twice'
    const others = [...owned].filter(([other]) => other !== day)
    const isEarlier = ([other, rest]: (typeof others)[number]): boolean =>
      lotMethod === 'HIFO' ? dearer(rest, lot) : other < day
    if (lotMethod !== 'NAMED' && others.some(isEarlier)) return 'a sale takes the wrong lot'
    lot.quantity -= quantity
    lot.basis -= basis
    if (lot.quantity === 0n && lot.basis !== 0n) return 'a sold lot leaves a basis'
    if (lot.quantity === 0n) owned.delete(day)
  }
  return undefined
}

function checkRow({ holdings }: Rows, id: string, owned: Left): string[] {
  const row = holdings.get(id)
  const is = unpackLots(row?.lots ?? '').map(
    ({ day, quantity, basis }) => `${day} ${quantity} ${basis}`,
  )
  const should = [...owned].map(([day, { quantity, basis }]) => `${day} ${quantity} ${basis}`)
  return is.join() === should.sort().join()
    ? []
    : [`the lots of ${id} are not what is left of them`]
}
