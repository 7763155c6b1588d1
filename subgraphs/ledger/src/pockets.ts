import { toIso, utcDay } from '@cnop/kit/clock'
import { addUsd, subtractUsd, type Usd, zeroUsd } from '@cnop/kit/money'
import type { Account, Pockets } from './account.ts'
import { cashChange, type Entry } from './entry.ts'
import { RedPocketOnHold } from './errors.ts'

/** No red pocket can be held back longer than this: older ones are no longer kept in the account. */
export const longestPocketHoldMs = 31 * 86_400_000

/** How long it is where `RED_POCKET_HOLD` does not say otherwise: nothing in the demo, 7 days in production. */
export const redPocketHoldsMs = { demo: 0, production: 7 * 86_400_000 } as const

const ageOf = ({ openedAt }: Pockets, nowMs: number): number => nowMs - Date.parse(openedAt)

const dayOf = ({ openedAt }: Pockets): string => openedAt.slice(0, 10)

/** The first UTC day of which red pockets are kept. */
export const firstKeptDay = (nowMs: number): string => utcDay(nowMs - longestPocketHoldMs)

/**
 * Keeps the recent red pockets in the account row, which every command reads and is conditional on. There is one
 * element for a UTC day, and 32 at most. Which entry was the first to be counted is kept as well: journals that are
 * older than this record are not rewritten.
 */
export function countPockets(account: Account, entry: Entry, nowMs: number): Account {
  const firstDay = firstKeptDay(nowMs)
  const recent = account.pockets.filter((each) => dayOf(each) >= firstDay)
  const pocketsSince = account.pocketsSince ?? account.sequence + 1n
  const pockets = entry.kind === 'RED_POCKET' ? addPocket(recent, cashChange(entry), nowMs) : recent
  return { ...account, pocketsSince, pockets }
}

function addPocket(pockets: readonly Pockets[], amount: Usd, nowMs: number): readonly Pockets[] {
  const last = pockets.at(-1)
  const openedAt = toIso(nowMs)
  // A process with a slow clock adds to the last day.
  if (!last || utcDay(nowMs) > dayOf(last)) return [...pockets, { openedAt, amount }]
  const later = openedAt > last.openedAt ? openedAt : last.openedAt
  return [...pockets.slice(0, -1), { openedAt: later, amount: addUsd(last.amount, amount) }]
}

/** The red pockets that cannot be withdrawn yet, oldest first. */
const onHold = ({ pockets }: Account, holdMs: number, nowMs: number): readonly Pockets[] =>
  pockets.filter((each) => ageOf(each, nowMs) < holdMs)

const sum = (pockets: readonly Pockets[]): Usd =>
  pockets.reduce((total, { amount }) => addUsd(total, amount), zeroUsd)

const without = (available: Usd, held: Usd): Usd =>
  available > held ? subtractUsd(available, held) : zeroUsd

export interface Withdrawable {
  /** Available cash without the red pockets that are younger than the hold. */
  readonly amount: Usd
  /** When no red pocket is held back any more, ISO 8601; undefined when none is now. */
  readonly allAt: string | undefined
}

/** What may be withdrawn of the available cash now. Red pockets may be traded at once. */
export function withdrawable(account: Account, holdMs: number, nowMs: number): Withdrawable {
  const held = onHold(account, holdMs, nowMs)
  const last = held.at(-1)
  return {
    amount: without(account.available, sum(held)),
    allAt: last && endOfHold(last, holdMs),
  }
}

const endOfHold = ({ openedAt }: Pockets, holdMs: number): string =>
  toIso(Date.parse(openedAt) + holdMs)

/** Refuses a withdrawal that the available cash covers only together with red pockets that are on hold. */
export function refuseOnHold(account: Account, amount: Usd, holdMs: number, nowMs: number): void {
  const held = onHold(account, holdMs, nowMs)
  if (amount <= without(account.available, sum(held))) return
  // They become free one after the other; report the first moment at which the free cash is sufficient.
  const enough = held.find((_each, index) => {
    const rest = sum(held.slice(index + 1))
    return amount <= without(account.available, rest)
  })
  if (!enough) return
  throw new RedPocketOnHold({
    needed: amount,
    withdrawable: without(account.available, sum(held)),
    availableAt: endOfHold(enough, holdMs),
  })
}
