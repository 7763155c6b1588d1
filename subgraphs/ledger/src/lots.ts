import { invariant } from '@cnop/kit/errors'
import {
  addQuantity,
  addUsd,
  proportion,
  type Quantity,
  quantityFromUnits,
  subtractQuantity,
  subtractUsd,
  type Usd,
  usdFromCents,
  zeroQuantity,
  zeroUsd,
} from '@cnop/kit/money'

/** What was bought of an asset on one UTC day, as far as it was not sold. */
export interface Lot {
  /** The UTC day; empty for what was owned before lots were kept. */
  readonly day: string
  readonly quantity: Quantity
  /** What was paid for it, fees included. */
  readonly basis: Usd
}

/** First in, first out; or highest cost per unit first, and the older of two with the same. */
export const lotMethods = ['FIFO', 'HIFO'] as const
export type LotMethod = (typeof lotMethods)[number]

/** How one sale has chosen: as its account does, or by the lots that it named. */
export const saleMethods = [...lotMethods, 'NAMED'] as const
export type SaleMethod = (typeof saleMethods)[number]

/** What a sale names of a lot: its day, and how much of it. */
export type NamedLot = Pick<Lot, 'day' | 'quantity'>

/** No holding has more, so that its row stays small and a sale of all of it fits an entry. */
export const mostLots = 32

/** Lots as one text, oldest first, so that whoever does not trade the asset parses nothing. */
export const packLots = (lots: readonly Lot[]): string =>
  lots.map(({ day, quantity, basis }) => `${day}:${quantity}:${basis}`).join(' ')

/** What a text of lots looks like. */
export const packedLots = /^(?:(?:\d{4}-\d\d-\d\d)?:\d+:\d+(?: (?:\d{4}-\d\d-\d\d)?:\d+:\d+)*)?$/

export function unpackLots(text: string): readonly Lot[] {
  if (text === '') return []
  return text.split(' ').map((packed) => {
    const [day = '', units = '', cents = ''] = packed.split(':')
    return { day, quantity: quantityFromUnits(BigInt(units)), basis: usdFromCents(BigInt(cents)) }
  })
}

export const packNamedLots = (named: readonly NamedLot[]): string =>
  named.map(({ day, quantity }) => `${day}:${quantity}`).join(' ')

export const packedNamedLots = /^(?:\d{4}-\d\d-\d\d)?:\d+(?: (?:\d{4}-\d\d-\d\d)?:\d+)*$/

export const unpackNamedLots = (text: string): readonly NamedLot[] =>
  text.split(' ').map((packed) => {
    const [day = '', units = ''] = packed.split(':')
    return { day, quantity: quantityFromUnits(BigInt(units)) }
  })

/** The one lot of a holding that is older than its lots. */
export const openingLots = (quantity: Quantity, basis: Usd): string =>
  quantity === 0n ? '' : packLots([{ day: '', quantity, basis }])

/** What lots amount to together. */
export function sumLots(lots: readonly Lot[]): { quantity: Quantity; basis: Usd } {
  return lots.reduce<{ quantity: Quantity; basis: Usd }>(
    (sum, lot) => ({
      quantity: addQuantity(sum.quantity, lot.quantity),
      basis: addUsd(sum.basis, lot.basis),
    }),
    { quantity: zeroQuantity, basis: zeroUsd },
  )
}

/** Two lots as one, with the later day, so that nothing counts as owned for longer than it was. */
const merge = (older: Lot, newer: Lot): Lot => ({ day: newer.day, ...sumLots([older, newer]) })

/** Adds what was bought. The lots of one day are one lot; with one lot too many, two become one. */
export function addLot(lots: readonly Lot[], bought: Lot): readonly Lot[] {
  const newest = lots.at(-1)
  if (newest?.day === bought.day) return [...lots.slice(0, -1), merge(newest, bought)]
  const added = [...lots, bought]
  return added.length > mostLots ? mergeClosest(added) : added
}

const dayMs = 86_400_000
const dayNumber = (day: string): number => (day === '' ? 0 : Date.parse(day) / dayMs)

/**
 * Merges the two neighbours that lie within the shortest time for their age, the oldest of equals: the days of old lots
 * become coarse, those of young lots stay exact. The oldest lot of all stays as it is, because nothing tells how much time
 * it already stands for.
 */
function mergeClosest(lots: readonly Lot[]): readonly Lot[] {
  const days = lots.map(({ day }) => dayNumber(day))
  const today = days.at(-1) ?? 0
  // A merged lot stands for the days behind those of the lot before it.
  const start = (at: number): number => days[at - 1] ?? today
  const span = (at: number): number => (days[at + 1] ?? today) - start(at)
  let best = 1
  for (let at = 2; at < lots.length - 1; at += 1) {
    if (span(at) * (today - start(best)) < span(best) * (today - start(at))) best = at
  }
  return lots.flatMap((lot, at) => {
    const next = lots[at + 1]
    if (at === best && next) return [merge(lot, next)]
    return at === best + 1 ? [] : [lot]
  })
}

/** Positive when the first lot cost more per unit. */
const comparePrice = (one: Lot, other: Lot): bigint =>
  one.basis * other.quantity - other.basis * one.quantity

function inOrder(lots: readonly Lot[], method: LotMethod): readonly number[] {
  const places = lots.map((_lot, place) => place)
  if (method === 'FIFO') return places
  const costOf = (one: number, other: number): bigint => {
    const [a, b] = [lots[one], lots[other]]
    return a && b ? comparePrice(b, a) : 0n
  }
  return places.sort((one, other) => {
    const difference = costOf(one, other)
    if (difference === 0n) return one - other
    return difference < 0n ? -1 : 1
  })
}

interface Taken {
  readonly taken: readonly Lot[]
  readonly left: readonly Lot[]
}

/** A part of a lot, with its share of the basis, and what is left of the lot. */
function split(lot: Lot, quantity: Quantity): { readonly part: Lot; readonly rest: Lot } {
  const { day } = lot
  const basis = proportion(lot.basis, quantity, lot.quantity)
  const rest = subtractQuantity(lot.quantity, quantity)
  return {
    part: { day, quantity, basis },
    rest: { day, quantity: rest, basis: subtractUsd(lot.basis, basis) },
  }
}

const isLeft = ({ quantity }: Lot): boolean => quantity > 0n

/** Takes the lots that a sale names, in its order; undefined where one of them is not there, or less of it. */
export function takeNamedLots(lots: readonly Lot[], named: readonly NamedLot[]): Taken | undefined {
  const left = [...lots]
  const taken: Lot[] = []
  for (const { day, quantity } of named) {
    const place = left.findIndex((lot) => lot.day === day)
    const lot = left[place]
    if (!lot || lot.quantity < quantity) return undefined
    const { part, rest } = split(lot, quantity)
    taken.push(part)
    left[place] = rest
  }
  return { taken, left: left.filter(isLeft) }
}

/** What a part of a sale takes of the lots that the sale names: those behind what its earlier parts have taken. */
export function namedPart(
  named: readonly NamedLot[],
  sold: Quantity,
  quantity: Quantity,
): readonly NamedLot[] {
  const [from, to]: [bigint, bigint] = [sold, sold + quantity]
  let start = 0n
  return named.flatMap((lot) => {
    const end = start + lot.quantity
    const first = start > from ? start : from
    const last = end < to ? end : to
    start = end
    return last > first ? [{ day: lot.day, quantity: quantityFromUnits(last - first) }] : []
  })
}

/**
 * Takes a quantity out of lots. A part of a lot takes its share of the basis, rounded down; the rest of the lot keeps the
 * remainder, so that no cent is lost.
 */
export function takeLots(lots: readonly Lot[], sold: Quantity, method: LotMethod): Taken {
  const left = [...lots]
  const taken: Lot[] = []
  let missing = sold
  for (const place of inOrder(lots, method)) {
    const lot = left[place]
    if (missing === 0n || !lot) break
    const quantity = lot.quantity < missing ? lot.quantity : missing
    const { part, rest } = split(lot, quantity)
    taken.push(part)
    left[place] = rest
    missing = subtractQuantity(missing, quantity)
  }
  invariant(missing === 0n, 'The lots of a holding have the quantity that is sold.')
  return { taken, left: left.filter(isLeft) }
}
