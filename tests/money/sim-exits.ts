import type { Entry } from '@cnop/ledger/entry'
import type { Opened } from '@cnop/order/domain/exit'
import { closeOrder } from '@cnop/order/domain/fill-order'
import { isOpen, type Order } from '@cnop/order/domain/order'
import { changed, created } from './sim-order-parts.ts'
import type { PlanBugs } from './sim-plan.ts'
import type { OrderWrite } from './sim-rows.ts'

/** The order that a fill opens or adds to, as a bug would have it. */
export function opened(bugs: PlanBugs, { exit, exitBefore }: Opened): readonly OrderWrite[] {
  if (!exit || (exitBefore ? bugs.losesGrowth : bugs.losesExit)) return []
  if (exitBefore) return [{ ...changed(exit, exitBefore), isBeside: true }]
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

/** The sale of what a buy has bought, ended with the rest of the buy where a bug does so. */
export function endedSale(
  { endsSaleOfCancelled }: PlanBugs,
  sale: Order | undefined,
  at: string,
): readonly OrderWrite[] {
  if (!endsSaleOfCancelled || !sale || !isOpen(sale)) return []
  return [changed(closeOrder(sale, { status: 'CANCELLED', at }).order, sale)]
}
