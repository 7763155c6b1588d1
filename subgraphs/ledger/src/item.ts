import type { Item } from '@cnop/kit/dynamo'
import { addQuantity, priceFromUnits, quantityFromUnits, usdFromCents } from '@cnop/kit/money'
import { z } from 'zod'
import type { Account, Holding } from './account.ts'
import type { Guard } from './account-store.ts'
import type { JournalEntry } from './chain.ts'
import type { ClosedHolding, Closing, ClosingKind } from './closing.ts'
import { entryKinds, postingAccounts } from './entry.ts'
import {
  accountKey,
  closingKey,
  entryKey,
  guardKey,
  holdingKey,
  shardOf,
  unverifiedIndex,
  unverifiedPk,
  unverifiedSk,
} from './keys.ts'
import { lotMethods, openingLots, packedLots, saleMethods } from './lots.ts'
import { packedVolumes } from './volumes.ts'

const lots = z.string().regex(packedLots)
const cents = z.bigint().transform(usdFromCents)
const units = z.bigint().transform(quantityFromUnits)

const accountRow = z.object({
  username: z.string(),
  version: z.bigint(),
  sequence: z.bigint(),
  head: z.string(),
  available: cents,
  held: cents,
  day: z.string(),
  depositedToday: cents,
  withdrawnToday: cents,
  openedAt: z.string().optional(),
  pockets: z.array(z.object({ openedAt: z.string(), amount: cents })).default([]),
  paidIn: cents.optional(),
  pocketsSince: z.bigint().optional(),
  unverifiedSk: z.string().optional(),
  volumes: z.string().regex(packedVolumes).default(''),
  volumesSince: z.string().optional(),
  lotMethod: z.enum(lotMethods).default('FIFO'),
  movedAt: z.string().optional(),
  orderedSince: z.string().optional(),
})

const holdingRow = z.object({
  assetId: z.string(),
  available: units,
  held: units,
  costBasis: cents,
  lots: lots.optional(),
  version: z.bigint(),
})

/** Strict: an attribute that the hash does not cover is refused. */
const entryRow = z.strictObject({
  pk: z.string(),
  sk: z.string(),
  username: z.string(),
  sequence: z.bigint(),
  id: z.string(),
  createdAt: z.string(),
  kind: z.enum(entryKinds),
  postings: z.array(
    z.strictObject({ account: z.enum(postingAccounts), assetId: z.string(), amount: z.bigint() }),
  ),
  assetId: z.string().exactOptional(),
  quantity: units.exactOptional(),
  price: z.bigint().transform(priceFromUnits).exactOptional(),
  fee: cents.exactOptional(),
  orderId: z.string().exactOptional(),
  replacedOrderId: z.string().exactOptional(),
  openedOrderId: z.string().exactOptional(),
  lots: lots.exactOptional(),
  lotMethod: z.enum(saleMethods).exactOptional(),
  cashAfter: cents,
  cashHeldAfter: cents,
  previousHash: z.string(),
  hash: z.string(),
})

/** Holdings are one text: an account with hundreds of them fits a row, and a reader parses few attributes. */
const closingRow = z.object({
  sequence: z.bigint(),
  head: z.string(),
  day: z.string(),
  until: z.string(),
  available: cents,
  held: cents,
  paidIn: cents,
  holdings: z.string().transform(unpackHoldings),
})

const guardRow = z.object({ inputHash: z.string(), result: z.string(), expiresAt: z.bigint() })

/** The mark for the verifier is part of the row, so that it costs a commit no write of its own. */
export function accountItem({ unverifiedSince, ...account }: Account): Item {
  const { username } = account
  const mark = unverifiedSince !== undefined && unverifiedMark(username, unverifiedSince)
  return { ...accountKey(username), ...account, ...mark }
}

export const unverifiedMark = (username: string, since: string) => ({
  [`${unverifiedIndex}Pk`]: unverifiedPk(shardOf(username)),
  [`${unverifiedIndex}Sk`]: unverifiedSk(since, username),
})

export function parseAccount(item: Item): Account {
  const { unverifiedSk: mark, ...row } = accountRow.parse(item)
  const { openedAt, pocketsSince, paidIn, volumesSince, movedAt, orderedSince, ...account } = row
  const unverifiedSince = mark?.slice(0, mark.indexOf('#'))
  const since = { pocketsSince, volumesSince, unverifiedSince, orderedSince }
  return { ...account, ...since, openedAt, paidIn, movedAt }
}

export const holdingItem = (username: string, holding: Holding): Item => ({
  ...holdingKey(username, holding.assetId),
  ...holding,
})

/** A row of before lots were kept is one lot of no known day, as the replay of its journal is. */
export function parseHolding(item: Item): Holding {
  const { lots: stored, ...holding } = holdingRow.parse(item)
  const { available, held, costBasis } = holding
  return { ...holding, lots: stored ?? openingLots(addQuantity(available, held), costBasis) }
}

export const entryItem = (entry: JournalEntry): Item => ({
  ...entryKey(entry.username, entry.sequence),
  ...entry,
})

export function parseEntry(item: Item): JournalEntry {
  const { pk: _pk, sk: _sk, ...entry } = entryRow.parse(item)
  return entry
}

export const guardItem = (
  username: string,
  key: string,
  guard: Guard,
  expiresAt: bigint,
): Item => ({ ...guardKey(username, key), ...guard, expiresAt })

/** A guard row past its time counts as absent, whether the store has deleted it yet or not. */
export function parseGuard(item: Item | undefined, nowSeconds: bigint): Guard | undefined {
  if (!item) return undefined
  const { inputHash, result, expiresAt } = guardRow.parse(item)
  return expiresAt > nowSeconds ? { inputHash, result } : undefined
}

export const closingItem = (username: string, kind: ClosingKind, closing: Closing): Item => ({
  ...closingKey(username, kind, closing),
  ...closing,
  holdings: packHoldings(closing.holdings),
})

export const parseClosing = (item: Item): Closing => closingRow.parse(item)

function packHoldings(holdings: readonly ClosedHolding[]): string {
  const packed = holdings.map(({ assetId, available, held, costBasis }) =>
    [assetId, available, held, costBasis].join(':'),
  )
  return packed.join(' ')
}

const packedHolding = /^([A-Z0-9]{1,10}):(\d+):(\d+):(\d+)$/

function unpackHoldings(text: string, context: z.RefinementCtx): readonly ClosedHolding[] {
  return text.split(' ').flatMap((packed) => {
    if (packed === '') return []
    const match = packedHolding.exec(packed)
    if (!match) {
      context.addIssue({ code: 'custom', message: 'a packed holding is malformed' })
      return []
    }
    const [, assetId = '', available = '', held = '', costBasis = ''] = match
    return {
      assetId,
      available: quantityFromUnits(BigInt(available)),
      held: quantityFromUnits(BigInt(held)),
      costBasis: usdFromCents(BigInt(costBasis)),
    }
  })
}
