import { clearRows } from '@cnop/kit/clear-rows'
import type { Deps } from '../deps.ts'
import { depthPrefix, userPk } from '../store/keys.ts'
import { listOrders } from '../store/orders.ts'
import { clearPortfolioAlerts } from '../store/portfolio-alerts.ts'
import { listRecurringOrders } from '../store/recurring-orders.ts'
import { endForOwner } from './cancel-order.ts'
import { deleteRecurringOrder } from './change-recurring-order.ts'

const ordersPerRound = 100
const mostRounds = 10
/** More than a user may be configured to have. */
const mostRecurring = 200

/**
 * Ends what an account that has ended would still do: recurring orders first, which place others, then alerts, then the open orders, each by its owner's
 * own cancelling, so that its hold returns once. Orders that have ended stay, as the journal does. False when there is more; a repeat goes on.
 */
export async function clearAccount(deps: Deps, username: string): Promise<boolean> {
  const { store } = deps
  for (const { id } of await listRecurringOrders(store, username, mostRecurring)) {
    await deleteRecurringOrder(deps, { username }, id)
  }
  await clearPortfolioAlerts(store, username)
  const slice = { username, among: 'open', after: undefined, limit: ordersPerRound } as const
  for (let round = 0; round < mostRounds; round += 1) {
    const { orders } = await listOrders(store, slice)
    if (orders.length === 0) {
      return clearRows(store, { pk: userPk(username), skPrefix: depthPrefix })
    }
    // The end of a replaced order, or of one that has filled, may leave another one, which the next round finds.
    for (const order of orders) await endForOwner(deps, order)
  }
  return false
}
