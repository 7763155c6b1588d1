import { toIso } from '@cnop/kit/clock'
import { Contention } from '@cnop/kit/errors'
import { checkKey, IdempotencyKeyReused } from '@cnop/kit/idempotency-key'
import type { Actor } from '@cnop/kit/identity'
import { formatPrice } from '@cnop/kit/money'
import { AssetNotFound, AssetNotTradable } from '@cnop/quotes/errors'
import { isReached } from '@cnop/quotes/nearest-waiting'
import type { Deps } from '../deps.ts'
import { PriceAlertExists, PriceAlertMet } from '../domain/errors.ts'
import {
  type AlertRequest,
  checkAlertRequest,
  isSameWish,
  type PriceAlert,
} from '../domain/price-alert.ts'
import { announceAlert } from '../events.ts'
import type { CreatePriceAlertInput } from '../generated/resolvers.ts'
import { saveNewAlert } from '../store/alert-writes.ts'
import { listActive, readAlert } from '../store/alerts.ts'
import { hashInput, KeyUsed, readGuard } from '../store/guards.ts'

/** Creates an alert once for each key. A repeat answers with the same alert, as it is by then. */
export async function createPriceAlert(
  deps: Deps,
  { username }: Actor,
  input: CreatePriceAlertInput,
): Promise<PriceAlert> {
  const key = checkKey(input.key)
  const request = checkAlertRequest(input)
  const inputHash = hashInput({ ...request, price: formatPrice(request.price) })
  const use: KeyUse = { username, key, inputHash }
  const known = await findCreated(deps, use)
  if (known) return known
  const alert = openAlert(deps, username, request, await judge(deps, request))
  try {
    await refuseEqual(deps, username, request)
    await saveNewAlert(deps.store, alert, { ...use, alertId: alert.id, nowMs: deps.now() })
  } catch (error) {
    if (!(error instanceof KeyUsed) && !(error instanceof PriceAlertExists)) throw error
    const winner = await findCreated(deps, use)
    if (winner) return winner
    throw error instanceof KeyUsed ? new Contention() : error
  }
  await announceAlert(deps, alert)
  return alert
}

/** Only the transaction decides, but alerts of an older release have no row that it would meet. */
async function refuseEqual({ store }: Deps, username: string, request: AlertRequest) {
  const active = await listActive(store, username)
  if (active.some((alert) => isSameWish(alert, request))) throw new PriceAlertExists()
}

interface KeyUse {
  readonly username: string
  readonly key: string
  readonly inputHash: string
}

/** The alert that the key has made already, if this is the same request. */
async function findCreated(
  { store, now }: Deps,
  { username, key, inputHash }: KeyUse,
): Promise<PriceAlert | undefined> {
  const nowMs = now()
  const used = await readGuard(store, { username, key, nowMs })
  if (!used) return undefined
  if (used.inputHash !== inputHash) throw new IdempotencyKeyReused(key)
  return readAlert(store, { username, alertId: used.alertId, nowMs })
}

/** Refuses an alert that cannot wait; returns the time of the price that was checked. */
async function judge(
  { catalogue, quotes }: Deps,
  { assetId, direction, price }: AlertRequest,
): Promise<string> {
  if (!catalogue.get(assetId)) throw new AssetNotFound(assetId)
  const quote = await quotes.current(assetId)
  if (!quote?.isActive) throw new AssetNotTradable(assetId)
  if (isReached(direction, price, quote.price)) throw new PriceAlertMet(direction, quote.price)
  return quote.quotedAt
}

function openAlert(
  { newId, now }: Deps,
  username: string,
  request: AlertRequest,
  judgedAt: string,
): PriceAlert {
  return {
    ...request,
    id: newId('alr'),
    username,
    status: 'ACTIVE',
    createdAt: toIso(now()),
    judgedAt,
    closedAt: undefined,
    firedPrice: undefined,
  }
}
