import type { Price } from '@cnop/kit/money'
import type { NearestWaiting, WaitingSide } from '@cnop/quotes/nearest-waiting'
import type { Quote } from '@cnop/quotes/quote'
import { endPriceAlert } from '../commands/close-price-alert.ts'
import type { Deps } from '../deps.ts'
import {
  alertDirections,
  highestPrice,
  lowestPrice,
  type PriceAlert,
  waitOf,
} from '../domain/price-alert.ts'
import { announceFiringFailure, announceWatchFailure } from '../events.ts'
import { listWaiting } from '../store/alerts.ts'

/** The most alerts of one side that are looked at before the next asset has its turn. */
export const mostPerTurn = 200

type EndDeps = Pick<Deps, 'store' | 'outbox' | 'bus' | 'log' | 'now' | 'newId' | 'alertTally'>

export const isDelisted = ({ delistedAt }: Quote): boolean => delistedAt !== undefined

/** Ends every alert that waits for an asset; true when there are more than one turn may end. */
export async function endWaiting(
  deps: EndDeps,
  edges: NearestWaiting,
  assetId: string,
): Promise<boolean> {
  let hasMore = false
  for (const direction of alertDirections) {
    const side = { assetId, direction }
    const reachesAll = direction === 'ABOVE' ? highestPrice : lowestPrice
    if (!edges.mayTrigger(side, reachesAll)) continue
    hasMore = (await endSide(deps, edges, side)) || hasMore
  }
  return hasMore
}

async function endSide(deps: EndDeps, edges: NearestWaiting, side: WaitingSide): Promise<boolean> {
  const learn = edges.startRead(side)
  try {
    const { alerts } = await listWaiting(deps.store, { side, limit: mostPerTurn, after: undefined })
    const left: Price[] = []
    for (const alert of alerts) {
      const outcome = await tryClose(deps, alert, () => endPriceAlert(deps, alert))
      if (outcome === 'failed') left.push(waitOf(alert).price)
    }
    const last = alerts.at(-1)
    const hasMore = alerts.length === mostPerTurn && left.length < alerts.length
    learn(left[0] ?? (hasMore && last ? waitOf(last).price : undefined))
    return hasMore
  } catch (error) {
    learn(undefined)
    edges.forget(side)
    announceWatchFailure(deps.log, error, side.assetId)
    return false
  }
}

/** An alert that cannot be closed does not block the others. */
export async function tryClose(
  { log }: Pick<Deps, 'log'>,
  alert: PriceAlert,
  close: () => Promise<void>,
): Promise<'fired' | 'failed'> {
  try {
    await close()
    return 'fired'
  } catch (error) {
    announceFiringFailure(log, error, alert)
    return 'failed'
  }
}
