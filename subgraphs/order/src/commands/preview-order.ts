import { toIso } from '@cnop/kit/clock'
import { BadInput, DomainError } from '@cnop/kit/errors'
import { checkKey } from '@cnop/kit/idempotency-key'
import type { Actor } from '@cnop/kit/identity'
import {
  type Price,
  type Quantity,
  subtractUsd,
  type Usd,
  zeroQuantity,
  zeroUsd,
} from '@cnop/kit/money'
import { readItems } from '@cnop/kit/read'
import { emptyHolding, type LedgerState } from '@cnop/ledger/account'
import { readAccount, readHolding } from '@cnop/ledger/balances'
import { namedPart, sumLots, takeLots, takeNamedLots, unpackLots } from '@cnop/ledger/lots'
import { post } from '@cnop/ledger/post'
import type { Deps } from '../deps.ts'
import { openOrder } from '../domain/open-order.ts'
import { pointsOf } from '../domain/order-fee.ts'
import type { Liquidity, Order } from '../domain/order.ts'
import { checkRequest, type OrderRequest } from '../domain/order-request.ts'
import {
  type Circumstances,
  type OrderOutcome,
  type OrderPlan,
  planOrder,
  refuseOrder,
} from '../domain/plan-order.ts'
import {
  blameChanges,
  type Changes,
  checkChanges,
  refuseEnded,
  refuseResize,
  replacementOf,
  withoutHold,
} from '../domain/replace-order.ts'
import type { PreviewOrderInput, ReplaceOrderInput } from '../generated/resolvers.ts'
import { depthReads, parseDepth } from '../store/fills.ts'
import { findOrder } from './find-order.ts'
import { readCircumstances } from './place-order.ts'

export interface OrderPreview {
  readonly outcome: OrderOutcome
  readonly quantity: Quantity
  /** How much of it fills at once. */
  readonly filledQuantity: Quantity
  readonly price: Price
  readonly midPrice: Price
  readonly quotedAt: string
  readonly total: Usd
  readonly fee: Usd
  readonly liquidity: Liquidity
  readonly feeBasisPoints: number
  readonly cashAfter: Usd
  readonly quantityAfter: Quantity
  /** What a sale would take out of the cost basis, and gain; undefined for what sells nothing. */
  readonly basis: Usd | undefined
  readonly realisedGain: Usd | undefined
  readonly valueLimit: Usd
  readonly refusal: string | undefined
  readonly refusalMessage: string | undefined
}

/** Decides an order exactly as placing it would, and commits nothing. */
export async function previewOrder(
  deps: Deps,
  actor: Actor,
  input: PreviewOrderInput,
): Promise<OrderPreview> {
  const request = checkRequest(input, deps.rules)
  const state = await readState(deps, actor.username, request.assetId)
  const now = await readCircumstances(deps, request, state, await readDepth(deps, actor, request))
  return describe(deps, { request, plan: planOrder(request, now), state, now })
}

/** Decides a replacement exactly as `replaceOrder` would, and commits nothing. */
export async function previewReplacement(
  deps: Deps,
  actor: Actor,
  input: ReplaceOrderInput,
): Promise<OrderPreview> {
  checkKey(input.key)
  const changes = checkChanges(input, deps.rules)
  const open = await findOrder(deps, actor, input.orderId, 'orderId')
  refuseEnded(open, deps.now())
  refuseResize(open, changes)
  const request = blameChanges(changes, () => replacementOf(open, changes, deps.rules))
  const state = await readState(deps, open.username, open.assetId)
  const depth = await readDepth(deps, actor, request)
  const now = withoutHold(await readCircumstances(deps, request, state, depth), open)
  const plan = planOrder(request, now)
  return describe(deps, { request, plan, state, now, replacing: { open, changes } })
}

function describe(deps: Deps, trial: Trial): OrderPreview {
  const { request, plan, state, now } = trial
  const tried = tryOrder(deps, trial)
  return {
    quantity: plan.quantity,
    filledQuantity: filledAtOnce(plan),
    price: plan.price,
    midPrice: now.quote.price,
    quotedAt: now.quote.quotedAt,
    ...amountsOf(plan),
    outcome: plan.outcome,
    liquidity: plan.liquidity,
    feeBasisPoints: pointsOf(plan.feeBasisPoints),
    valueLimit: deps.rules.maxValue,
    ...tried,
    ...(tried.refusal === undefined ? gainIfSold(request, plan, { state, now }) : noGain),
  }
}

const noGain = { basis: undefined, realisedGain: undefined }

/** What a sale would gain with the lots of now: at the market, or at the price that it waits for. */
function gainIfSold(
  { side, timeInForce, lots }: OrderRequest,
  { outcome, quantity, part, total }: OrderPlan,
  { state: { account }, now }: Pick<Trial, 'state' | 'now'>,
): Pick<OrderPreview, 'basis' | 'realisedGain'> {
  if (side === 'BUY' || outcome === 'CANCEL') return noGain
  const sold = part && timeInForce === 'IOC' ? part.quantity : quantity
  const owned = unpackLots(now.lots)
  const taken = lots
    ? takeNamedLots(owned, namedPart(lots, zeroQuantity, sold))
    : takeLots(owned, sold, account.lotMethod)
  if (!taken) return noGain
  const { basis } = sumLots(taken.taken)
  return { basis, realisedGain: subtractUsd(total, basis) }
}

const filledAtOnce = ({ outcome, quantity, part }: OrderPlan): Quantity =>
  part?.quantity ?? (outcome === 'FILL' ? quantity : zeroQuantity)

/** What the account has taken of the market; nothing to read where that has no end. */
async function readDepth({ store, rules }: Deps, { username }: Actor, request: OrderRequest) {
  const [row] = await readItems(store.db, depthReads(store, rules, { username, ...request }))
  return parseDepth(row)
}

/** An order that may not wait, and does not fill, moves and holds nothing. */
const amountsOf = ({ outcome, total, fee }: OrderPlan): Pick<OrderPlan, 'total' | 'fee'> =>
  outcome === 'CANCEL' ? { total: zeroUsd, fee: zeroUsd } : { total, fee }

async function readState(
  { ledger }: Deps,
  username: string,
  assetId: string,
): Promise<LedgerState> {
  const [account, holding] = await Promise.all([
    readAccount(ledger, username),
    readHolding(ledger, username, assetId),
  ])
  return { account, holdings: new Map([[assetId, holding ?? emptyHolding(assetId)]]) }
}

interface Trial {
  readonly request: OrderRequest
  readonly plan: OrderPlan
  readonly state: LedgerState
  readonly now: Circumstances
  /** The open order that it replaces, and what changes. */
  readonly replacing?: { readonly open: Order; readonly changes: Changes }
}

type Outcome = Pick<OrderPreview, 'cashAfter' | 'quantityAfter' | 'refusal' | 'refusalMessage'>

/** Of a replacement, only what has changed is refused, and its lots stay as they were named. */
function refuse({ request, plan, now, replacing }: Trial): void {
  if (!replacing) refuseOrder(request, plan, now)
  else {
    blameChanges(replacing.changes, () => refuseOrder({ ...request, lots: undefined }, plan, now))
  }
}

function tryOrder(deps: Deps, trial: Trial): Outcome {
  const { request, plan, state, now, replacing } = trial
  const { account } = state
  const id = 'preview'
  const exitId = 'preview-exit'
  try {
    refuse(trial)
    const placed = { id, exitId, username: account.username, at: toIso(now.nowMs) }
    const placement = { ...placed, ...now, ...(replacing && { replaced: replacing.open }) }
    const { entry, covered } = openOrder(request, plan, placement)
    const change = post(state, covered, { nowMs: now.nowMs, limits: deps.ledger.limits, id })
    return {
      cashAfter: (entry ? change : state).account.available,
      quantityAfter: (entry && change.holdings[0]?.available) ?? now.available,
      refusal: undefined,
      refusalMessage: undefined,
    }
  } catch (error) {
    // What is wrong with a field is shown at the field.
    if (!(error instanceof DomainError) || error instanceof BadInput) throw error
    return {
      cashAfter: account.available,
      quantityAfter: now.available,
      refusal: error.code,
      refusalMessage: error.message,
    }
  }
}
