import { toIso } from '@cnop/kit/clock'
import { Contention } from '@cnop/kit/errors'
import { checkKey, IdempotencyKeyReused } from '@cnop/kit/idempotency-key'
import type { Actor } from '@cnop/kit/identity'
import { formatPrice, type Price } from '@cnop/kit/money'
import { AssetNotFound, AssetNotTradable } from '@cnop/quotes/errors'
import type { Deps } from '../deps.ts'
import {
  type AlertRequest,
  checkAlertRequest,
  refuseTime,
  repeatOf,
  targetOf,
} from '../domain/alert-request.ts'
import { PriceAlertExists } from '../domain/errors.ts'
import { nameOfWish, type PriceAlert } from '../domain/price-alert.ts'
import { announceAlert } from '../events.ts'
import type { CreatePriceAlertInput } from '../generated/resolvers.ts'
import { saveNewAlert } from '../store/alert-writes.ts'
import { listActive, readAlert } from '../store/alerts.ts'
import { hashInput, KeyUsed, readGuard } from '../store/guards.ts'

/** Creates an alert once for each key. A repeat answers with the same alert, as it is by then. */
export async function createPriceAlert(
  deps: Deps,
  { username }: Pick<Actor, 'username'>,
  input: CreatePriceAlertInput,
): Promise<PriceAlert> {
  const key = checkKey(input.key)
  const request = checkAlertRequest(input)
  const inputHash = hashInput(requestJson(request))
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
  await announceAlert(deps, alert, 'created')
  return alert
}

/** The request as plain JSON. One that fires once is written as an older release wrote it, so that its repeats are known. */
const requestJson = (request: AlertRequest) => ({
  ...request,
  price: textOf(request.price),
  rearm: request.rearm && { ...request.rearm, amount: textOf(request.rearm.amount) },
})

const textOf = (price: Price | undefined): string | undefined =>
  price === undefined ? undefined : formatPrice(price)

/** Only the transaction decides, but alerts of an older release have no row that it would meet. */
async function refuseEqual({ store }: Deps, username: string, request: AlertRequest) {
  const active = await listActive(store, username)
  if (active.some((alert) => nameOfWish(alert) === nameOfWish(request))) {
    throw new PriceAlertExists(request.price === undefined ? 'changeBasisPoints' : 'price')
  }
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

/** What an alert waits for, and the time of the price that it was judged by. */
type Judgement = Pick<PriceAlert, 'price' | 'referencePrice' | 'repeat' | 'judgedAt'>

/** Refuses an alert that cannot wait. */
async function judge({ catalogue, quotes, now }: Deps, request: AlertRequest): Promise<Judgement> {
  const { assetId, changeBasisPoints } = request
  if (!catalogue.get(assetId)) throw new AssetNotFound(assetId)
  refuseTime(request, now())
  const quote = await quotes.current(assetId)
  if (!quote?.isActive) throw new AssetNotTradable(assetId)
  const price = targetOf(request, quote.price)
  return {
    price,
    repeat: repeatOf(request, price),
    referencePrice: changeBasisPoints === undefined ? undefined : quote.price,
    judgedAt: quote.quotedAt,
  }
}

function openAlert(
  { newId, now }: Deps,
  username: string,
  { rearm: _, ...request }: AlertRequest,
  judgement: Judgement,
): PriceAlert {
  return {
    ...request,
    ...judgement,
    id: newId('alr'),
    username,
    status: 'ACTIVE',
    createdAt: toIso(now()),
    closedAt: undefined,
    firedPrice: undefined,
  }
}
