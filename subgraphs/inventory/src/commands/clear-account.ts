import { clearRows } from '@cnop/kit/clear-rows'
import { userPk as outboxPk } from '@cnop/outbox/tables'
import type { Deps } from '../deps.ts'
import { listActive } from '../store/alerts.ts'
import { userPk } from '../store/tables.ts'
import { cancelPriceAlert } from './cancel-price-alert.ts'

/**
 * Clears what an account that has ended watched and waited for, and then its notifications, which the alerts may have written until they are
 * closed. False when there is more; a repeat goes on.
 */
export async function clearAccount(deps: Deps, username: string): Promise<boolean> {
  for (const { id } of await listActive(deps.store, username)) {
    await cancelPriceAlert(deps, { username }, id)
  }
  const isClear = await clearRows(deps.store, { pk: userPk(username) })
  return (await clearRows(deps.outbox, { pk: outboxPk(username) })) && isClear
}
