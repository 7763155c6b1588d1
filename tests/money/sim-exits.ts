import type { Entry } from '@cnop/ledger/entry'
import type { Order } from '@cnop/order/domain/order'
import { created } from './sim-order-parts.ts'
import type { PlanBugs } from './sim-plan.ts'
import type { OrderWrite } from './sim-rows.ts'

/** The order that a fill opens, as a bug would have it. */
export function opened(bugs: PlanBugs, exit: Order | undefined): readonly OrderWrite[] {
  if (!exit || bugs.losesExit) return []
  const quantity = (exit.quantity * 2n) as Order['quantity']
  return [created(bugs.sellsMoreThanBought ? { ...exit, quantity } : exit)]
}

/** The entry of a fill, without the hold of the order that it opens where a bug forgets it. */
export function exitEntry({ holdsNothingForExit }: PlanBugs, entry: Entry): Entry
export function exitEntry(bugs: PlanBugs, entry: Entry | undefined): Entry | undefined
export function exitEntry(
  { holdsNothingForExit }: PlanBugs,
  entry: Entry | undefined,
): Entry | undefined {
  if (!holdsNothingForExit || entry?.openedOrderId === undefined) return entry
  const { openedOrderId: _opened, ...plain } = entry
  const postings = entry.postings.map((posting) =>
    posting.account === 'held' && posting.amount > 0n
      ? { ...posting, account: 'available' as const }
      : posting,
  )
  return { ...plain, postings }
}
