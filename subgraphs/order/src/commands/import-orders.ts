import { hashText } from '@cnop/kit/canonical-json'
import type { Store } from '@cnop/kit/dynamo'
import { OutcomeUnknown } from '@cnop/kit/errors'
import { averagePrice, type Quantity, type Usd, zeroUsd } from '@cnop/kit/money'
import { transact, type Write } from '@cnop/kit/transact'
import { type LedgerDeps, runCommand } from '@cnop/ledger/command'
import { buyEntry } from '@cnop/ledger/entry'
import type { Price } from '@cnop/kit/money'
import type { Order } from '../domain/order.ts'
import { placeWrites } from '../store/order-writes.ts'
import { readOrder, readOrders } from '../store/orders.ts'

/** A closed order of the previous system. */
export type LegacyOrder = Omit<
  Order,
  | 'id'
  | 'quoteAmount'
  | 'feeBasisPoints'
  | 'quotedAt'
  | 'fee'
  | 'heldCash'
  | 'expiresAt'
  | 'entrySequences'
> & { readonly legacyId: string }

/** Ids of imported orders follow from the old ones, so that a repeated import finds them, and sort by time like all ids. */
function importedId(createdAt: string, legacyId: string): string {
  const time = Date.parse(createdAt).toString(36).padStart(9, '0')
  return `ord_${time}000${hashText(legacyId).slice(0, 10)}`
}

const toOrder = ({ legacyId, ...order }: LegacyOrder): Order => ({
  ...order,
  id: importedId(order.createdAt, legacyId),
  quoteAmount: undefined,
  feeBasisPoints: 0n,
  quotedAt: undefined,
  fee: order.status === 'COMPLETED' ? zeroUsd : undefined,
  heldCash: undefined,
  expiresAt: undefined,
  entrySequences: [],
})

const maxAttempts = 5

/** Writes those of a batch that are not there yet; at most 25. They move no money: the opening entries contain it. */
export async function importOrders(store: Store, legacy: readonly LegacyOrder[]): Promise<void> {
  const writes = legacy.map((each) => {
    const order = toOrder(each)
    return { order, write: withLegacyId(placeWrites(store.table, order), each.legacyId) }
  })
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const present = await readOrders(
      store,
      writes.map(({ order: { username, id: orderId } }) => ({ username, orderId })),
    )
    const missing = writes.flatMap(({ write }, place) => (present[place] ? [] : write))
    if (missing.length === 0) return
    try {
      await transact(store.db, missing)
      return
    } catch (error) {
      if (!(error instanceof OutcomeUnknown)) throw error
    }
  }
  throw new OutcomeUnknown()
}

/** Support finds an order by the id that its owner knows. */
const withLegacyId = (writes: readonly Write[], legacyId: string): Write[] =>
  writes.map((write) =>
    'put' in write
      ? { ...write, put: { ...write.put, Item: { ...write.put.Item, legacyId } } }
      : write,
  )

export interface OpeningHolding {
  readonly username: string
  readonly assetId: string
  readonly quantity: Quantity
  /** What the user paid for it. */
  readonly cost: Usd
  readonly at: string
}

/** Brings in a holding, as an order that bought all of it at its average price, dated `at`. */
export async function buyOpening(
  { ledger, store }: { readonly ledger: LedgerDeps; readonly store: Store },
  { username, assetId, quantity, cost, at }: OpeningHolding,
): Promise<void> {
  const average = averagePrice(cost, quantity)
  const price = average > 0n ? average : (1n as Price)
  const order = toOrder({
    ...{ legacyId: `opening ${assetId}`, username, side: 'BUY', type: 'MARKET' },
    ...{ status: 'COMPLETED', assetId, quantity, limitPrice: undefined, price, total: cost },
    ...{ reason: 'Moved in from the previous system.', createdAt: at, updatedAt: at },
  })
  if (await readOrder(store, { username, orderId: order.id })) return
  const terms = { assetId, quantity, price, total: cost, fee: zeroUsd, orderId: order.id }
  const command = {
    ...{ username, key: `import-${assetId}`, name: 'importHolding' },
    ...{ input: { quantity, cost }, assetIds: [assetId] },
  }
  const dated = { ...ledger, now: () => Date.parse(at) }
  await runCommand(dated, command, ({ account }) => ({
    entry: buyEntry(terms),
    cause: placeWrites(store.table, { ...order, entrySequences: [account.sequence + 1n] }),
    result: {},
  }))
}
