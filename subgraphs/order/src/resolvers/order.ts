import { requireActor, requireOwner } from '@cnop/kit/identity'
import type { JournalEntry } from '@cnop/ledger/chain'
import { cashChange, cashHeldChange, quantityChange, quantityHeldChange } from '@cnop/ledger/entry'
import { unpackNamedLots } from '@cnop/ledger/lots'
import { gainOfSale } from '@cnop/ledger/realised'
import type { Context } from '../deps.ts'
import { zeroUsd } from '@cnop/kit/money'
import { listFills } from '../store/fills.ts'
import { feeRateOf, pointsOf } from '../domain/order-fee.ts'
import {
  filledOf,
  isOrderId,
  type Order as OrderModel,
  restOf,
  timeInForceOf,
} from '../domain/order.ts'

/** Orders are read under the caller; orders of other users are not found. */
async function resolveOrder(
  { id }: { readonly id: string },
  context: Context,
): Promise<OrderModel | null> {
  const { username } = requireActor(context)
  if (!isOrderId(id)) return null
  return (await context.loaders.orders.load({ username, orderId: id })) ?? null
}

async function resolveReceipt(order: OrderModel, _arguments: unknown, context: Context) {
  const { username, assetId, entrySequences } = order
  requireOwner(context, username)
  const entries = await Promise.all(
    entrySequences.map((sequence) => context.loaders.entries.load({ username, sequence })),
  )
  return entries.flatMap((entry) =>
    entry && isOwn(entry, order) ? [receiptOf(entry, assetId)] : [],
  )
}

/** The entry that ends the hold of a replaced order may be the trade of the order that replaces it. */
const isOwn = ({ kind, orderId }: JournalEntry, { replacedBy }: OrderModel): boolean =>
  replacedBy === undefined || orderId !== replacedBy || (kind !== 'BUY' && kind !== 'SELL')

/** An order that filled whole, as all of older releases did, has no rows of fills: it is its one fill. */
function resolveFills(order: OrderModel, _arguments: unknown, context: Context) {
  requireOwner(context, order.username)
  if (order.fillCount !== undefined) return listFills(context.store, order)
  const { quantity, price, total, fee, liquidity, updatedAt: filledAt } = order
  if (order.status !== 'COMPLETED' || price === undefined || total === undefined) return []
  return [{ number: 1, price, quantity, total, fee: fee ?? zeroUsd, liquidity, filledAt }]
}

function receiptOf(entry: JournalEntry, assetId: string) {
  const { id, kind, hash, previousHash, createdAt } = entry
  const sale = gainOfSale(entry)
  return {
    id,
    kind,
    sequence: parseInt(entry.sequence.toString(), 10),
    cashChange: cashChange(entry),
    cashHeldChange: cashHeldChange(entry),
    quantityChange: quantityChange(entry, assetId),
    quantityHeldChange: quantityHeldChange(entry, assetId),
    basis: sale?.basis,
    realisedGain: sale?.gain,
    hash,
    previousHash,
    createdAt,
  }
}

export const Order = {
  __resolveReference: resolveOrder,
  asset: ({ assetId }: OrderModel) => ({ __typename: 'Asset', id: assetId }),
  timeInForce: (order: OrderModel) => timeInForceOf(order) ?? null,
  feeBasisPoints: (order: OrderModel) => pointsOf(feeRateOf(order)),
  filledQuantity: filledOf,
  remainingQuantity: restOf,
  averagePrice: ({ price }: OrderModel) => price ?? null,
  fills: resolveFills,
  lots: ({ lots }: OrderModel) =>
    lots === undefined
      ? null
      : unpackNamedLots(lots).map(({ day, quantity }) => ({ acquiredOn: day || null, quantity })),
  lotsGone: ({ lotsGone = false }: OrderModel) => lotsGone,
  receipt: resolveReceipt,
}
