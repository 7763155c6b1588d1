import type { JournalEntry } from './chain.ts'
import { mostLots } from './lots.ts'

/** A lot as a replay derives it; by other code than the one that writes lots. */
export interface ReplayedLot {
  day: string
  quantity: bigint
  basis: bigint
}

export interface ReplayedTrade {
  /** The UTC day of the account after the entry. */
  readonly day: string
  /** What was bought or sold. */
  readonly quantity: bigint
  /** What a buy cost, fees included. */
  readonly paid: bigint
}

export const showLots = (lots: readonly ReplayedLot[]): string =>
  lots.map((lot) => [lot.day, lot.quantity, lot.basis].join(':')).join(' ')

export function readLots(text: string): ReplayedLot[] {
  const lots = text.matchAll(/([-\d]*):(\d+):(\d+)/g)
  return [...lots].map(([, day = '', quantity = '', basis = '']) => ({
    day,
    quantity: BigInt(quantity),
    basis: BigInt(basis),
  }))
}

/** The lots of a holding without a history of lots: one, of no known day. */
export const poolLots = (quantity: bigint, basis: bigint): ReplayedLot[] =>
  quantity > 0n ? [{ day: '', quantity, basis }] : []

/** Changes the lots as a buy does, and returns the lot that the entry should name. */
export function replayBuy(
  lots: ReplayedLot[],
  { day, quantity, paid }: ReplayedTrade,
): readonly ReplayedLot[] {
  const sameDay = lots.find((lot) => lot.day === day)
  if (sameDay) {
    sameDay.quantity += quantity
    sameDay.basis += paid
  } else {
    lots.push({ day, quantity, basis: paid })
  }
  if (lots.length > mostLots) joinTwo(lots)
  return [{ day, quantity, basis: paid }]
}

const daysSinceEpoch = (day: string): bigint =>
  day === '' ? 0n : BigInt(Date.parse(`${day}T00:00:00.000Z`)) / 86_400_000n

/** Joins the pair behind the oldest lot that lies within the shortest time for its age, the oldest of equals. */
function joinTwo(lots: ReplayedLot[]): void {
  const days = lots.map((lot) => daysSinceEpoch(lot.day))
  const last = days[days.length - 1] ?? 0n
  const pairs = days.slice(2).map((day, at) => {
    const before = days[at] ?? 0n
    return { at: at + 1, time: day - before, age: last - before }
  })
  const closest = pairs.reduce((found, pair) =>
    pair.time * found.age < found.time * pair.age ? pair : found,
  )
  const [older, newer] = lots.slice(closest.at)
  if (!older || !newer) return
  newer.quantity += older.quantity
  newer.basis += older.basis
  lots.splice(closest.at, 1)
}

/** Changes the lots as a sale does, and returns the lots that the entry should name, in the order of its method or as it named them itself. */
export function replaySale(
  lots: ReplayedLot[],
  { lotMethod, lots: named = '' }: Pick<JournalEntry, 'lotMethod' | 'lots'>,
  { quantity }: ReplayedTrade,
): readonly ReplayedLot[] {
  if (lotMethod === 'NAMED') return replayNamed(lots, readLots(named), quantity)
  const sold: ReplayedLot[] = []
  let open = quantity
  while (open > 0n && lots.length > 0) {
    const taken = takeAt(lots, lotMethod === 'HIFO' ? dearest(lots) : 0, open)
    if (!taken) break
    sold.push(taken)
    open -= taken.quantity
  }
  return sold
}

/** The lots that a sale named, as far as they are there and it sells them. */
function replayNamed(
  lots: ReplayedLot[],
  named: readonly ReplayedLot[],
  quantity: bigint,
): readonly ReplayedLot[] {
  let open = quantity
  return named.flatMap(({ day, quantity: units }) => {
    const most = units < open ? units : open
    const taken = takeAt(
      lots,
      lots.findIndex((lot) => lot.day === day),
      most,
    )
    open -= taken?.quantity ?? 0n
    return taken ? [taken] : []
  })
}

/** Takes up to a quantity out of one lot, which keeps the rest of its basis, or goes. */
function takeAt(lots: ReplayedLot[], at: number, most: bigint): ReplayedLot | undefined {
  const lot = lots[at]
  if (!lot || most === 0n) return undefined
  const isWhole = lot.quantity <= most
  const part = isWhole ? lot.quantity : most
  const basis = isWhole ? lot.basis : (lot.basis * part) / lot.quantity
  lot.quantity -= part
  lot.basis -= basis
  if (isWhole) lots.splice(at, 1)
  return { day: lot.day, quantity: part, basis }
}

/** The place of the lot that cost most per unit, the oldest of equals. */
function dearest(lots: readonly ReplayedLot[]): number {
  let found = 0
  for (const [at, lot] of lots.entries()) {
    const best = lots[found] ?? lot
    if (lot.basis * best.quantity > best.basis * lot.quantity) found = at
  }
  return found
}
