import { BadInput } from '@cnop/kit/errors'
import {
  type Price,
  type Quantity,
  quantityFromUnits,
  type Usd,
  usdFromCents,
  zeroQuantity,
  zeroUsd,
} from '@cnop/kit/money'

import type { NamedLot } from './lots.ts'

export const cashAssetId = 'USD'

export const entryKinds = [
  'DEPOSIT',
  'WITHDRAWAL',
  'BUY',
  'SELL',
  'RED_POCKET',
  'HOLD',
  'RELEASE',
  'REPLACE',
] as const
export type EntryKind = (typeof entryKinds)[number]

/** The kinds that name an asset. */
export const tradeKinds = [
  'BUY',
  'SELL',
  'HOLD',
  'RELEASE',
  'REPLACE',
] as const satisfies readonly EntryKind[]

/** The user's two sub-accounts first; the others belong to the platform and are derived from the journal, never stored. */
export const postingAccounts = [
  'available',
  'held',
  'world',
  'market',
  'red-pocket',
  'fees',
] as const
export type PostingAccount = (typeof postingAccounts)[number]

export interface Posting {
  readonly account: PostingAccount
  /** `USD`, in cents, or a ticker, in quantity units. */
  readonly assetId: string
  readonly amount: bigint
}

/** One movement, in double entry: the postings sum to zero for each asset. */
export interface Entry {
  readonly kind: EntryKind
  readonly postings: readonly Posting[]
  readonly assetId?: string
  readonly quantity?: Quantity
  readonly price?: Price
  readonly fee?: Usd
  readonly orderId?: string
  /** The order that `orderId` replaces: what the entry takes out of `held` is its hold, which ends here. */
  readonly replacedOrderId?: string
  /** The order that a buy opens, or adds to, in the same entry: what it bought is set aside for that one. */
  readonly openedOrderId?: string
  /** The lots that a sale takes, where it names them; its journal entry has them as its lots. */
  readonly namedLots?: readonly NamedLot[]
}

export interface TradeTerms {
  readonly assetId: string
  readonly quantity: Quantity
  readonly price: Price
  /** What the user's cash changes by, the fee included. */
  readonly total: Usd
  readonly fee: Usd
  readonly orderId: string
}

/** No single amount is larger, so that no sum comes near the 38 digits of the store. */
const largestAmount = 10n ** 24n
const ticker = /^[A-Z0-9]{1,10}$/

/** Refuses an amount below the least or beyond what the store can sum. */
export function checkAmount(amount: bigint, field: string, least: 0n | 1n = 1n): void {
  if (amount < least) throw new BadInput(field, least ? 'must be more than zero' : 'is negative')
  if (amount > largestAmount) throw new BadInput(field, 'is too large')
}

/** Refuses what is no ticker, `USD` included. */
export function checkAsset(assetId: string): void {
  if (!ticker.test(assetId) || assetId === cashAssetId) {
    throw new BadInput('assetId', 'must be a ticker of 1 to 10 capital letters or digits')
  }
}

export const negate = (amount: bigint): bigint => -amount

function cash(account: PostingAccount, amount: bigint): Posting {
  return { account, assetId: cashAssetId, amount }
}

const isNotZero = (posting: Posting): boolean => posting.amount !== 0n

export function depositEntry(amount: Usd): Entry {
  checkAmount(amount, 'amount')
  return { kind: 'DEPOSIT', postings: [cash('world', negate(amount)), cash('available', amount)] }
}

export function withdrawalEntry(amount: Usd): Entry {
  checkAmount(amount, 'amount')
  return {
    kind: 'WITHDRAWAL',
    postings: [cash('available', negate(amount)), cash('world', amount)],
  }
}

export function redPocketEntry(amount: Usd): Entry {
  checkAmount(amount, 'amount')
  return {
    kind: 'RED_POCKET',
    postings: [cash('red-pocket', negate(amount)), cash('available', amount)],
  }
}

function checkTerms(terms: TradeTerms, leastTotal: 0n | 1n): void {
  checkAsset(terms.assetId)
  checkAmount(terms.quantity, 'quantity')
  checkAmount(terms.price, 'price')
  checkAmount(terms.total, 'total', leastTotal)
  checkAmount(terms.fee, 'fee', 0n)
}

interface Replacing {
  /** Whose hold `heldBefore` is, when it is not the order's own. */
  readonly replacedOrderId?: string | undefined
}

interface Opening {
  /** For which order what is bought is set aside. */
  readonly openedOrderId?: string | undefined
}

interface Naming {
  /** The lots that the sale takes; without them, those that the account's method chooses. */
  readonly namedLots?: readonly NamedLot[] | undefined
}

const opening = ({ openedOrderId }: Opening) =>
  openedOrderId === undefined ? {} : { openedOrderId }

const replacing = ({ replacedOrderId }: Replacing) =>
  replacedOrderId === undefined ? {} : { replacedOrderId }

interface Holding<Amount> {
  /** What was set aside for the order, or for the one that it replaces; it ends here. */
  readonly heldBefore?: Amount
  /** What the order, which has filled in part, sets aside for the rest. */
  readonly heldAfter?: Amount
}

/** An order's own hold shrinks to what the rest needs. The hold of an order that is replaced ends, and another is made. */
function holding(
  assetId: string,
  { heldBefore = 0n, heldAfter = 0n, replacedOrderId }: Holding<bigint> & Replacing,
): readonly Posting[] {
  checkAmount(heldBefore, 'heldBefore', 0n)
  checkAmount(heldAfter, 'heldAfter', 0n)
  const held = (amount: bigint): Posting => ({ account: 'held', assetId, amount })
  return replacedOrderId === undefined
    ? [held(heldAfter - heldBefore)]
    : [held(negate(heldBefore)), held(heldAfter)]
}

/**
 * A buy. With `heldBefore`, the hold of the limit order pays, and what neither the buy nor `heldAfter` needs goes back to available cash in
 * the same entry. With `heldAfter` alone, an order fills in part at its placement and sets the rest aside. With `openedOrderId`, what is
 * bought is held for that order at once.
 */
export function buyEntry(terms: TradeTerms & Holding<Usd> & Replacing & Opening): Entry {
  const { assetId, quantity, price, total, fee, orderId } = terms
  const { heldBefore = zeroUsd, heldAfter = zeroUsd } = terms
  checkTerms(terms, 1n)
  if (fee > total) throw new BadInput('fee', 'is more than the total')
  const postings = [
    ...holding(cashAssetId, terms),
    cash('available', heldBefore - heldAfter - total),
    cash('market', total - fee),
    cash('fees', fee),
    { account: 'market', assetId, amount: negate(quantity) },
    {
      account: terms.openedOrderId === undefined ? 'available' : 'held',
      assetId,
      amount: quantity,
    },
  ] as const
  return {
    kind: 'BUY',
    postings: postings.filter(isNotZero),
    assetId,
    quantity,
    price,
    fee,
    orderId,
    ...replacing(terms),
    ...opening(terms),
  }
}

/**
 * A sale; `total` is what the user receives, which is nothing for dust. With `heldBefore`, a hold of the asset is sold, and what neither the
 * sale nor `heldAfter` needs goes back to the available quantity in the same entry.
 */
export function sellEntry(terms: TradeTerms & Holding<Quantity> & Replacing & Naming): Entry {
  const { assetId, quantity, price, total, fee, orderId, namedLots } = terms
  const { heldBefore = zeroQuantity, heldAfter = zeroQuantity } = terms
  checkTerms(terms, 0n)
  const postings = [
    ...holding(assetId, terms),
    { account: 'available', assetId, amount: heldBefore - heldAfter - quantity },
    { account: 'market', assetId, amount: quantity },
    cash('market', -(total + fee)),
    cash('fees', fee),
    cash('available', total),
  ] as const
  return {
    kind: 'SELL',
    postings: postings.filter(isNotZero),
    assetId,
    quantity,
    price,
    fee,
    orderId,
    ...replacing(terms),
    ...(namedLots && { namedLots }),
  }
}

type Postings = Pick<Entry, 'postings'>

/** What the postings do to one sub-account of the user. */
export function sumOf({ postings }: Postings, account: PostingAccount, assetId: string): bigint {
  return postings.reduce(
    (sum, posting) =>
      posting.account === account && posting.assetId === assetId ? sum + posting.amount : sum,
    0n,
  )
}

/** The change of the cash that is set aside. */
export const cashHeldChange = (entry: Postings): Usd =>
  usdFromCents(sumOf(entry, 'held', cashAssetId))

/** The change of the cash balance, available and held together; negative when cash was spent. */
export const cashChange = (entry: Postings): Usd =>
  usdFromCents(sumOf(entry, 'available', cashAssetId) + sumOf(entry, 'held', cashAssetId))

/** The change of the quantity of an asset that is set aside. */
export const quantityHeldChange = (entry: Postings, assetId: string): Quantity =>
  quantityFromUnits(sumOf(entry, 'held', assetId))

/** The change of a holding, available and held together; negative when an asset was sold. */
export const quantityChange = (entry: Postings, assetId: string): Quantity =>
  quantityFromUnits(sumOf(entry, 'available', assetId) + sumOf(entry, 'held', assetId))

/** The kinds that move cash between the account and the world outside it. */
const outsideKinds: ReadonlySet<EntryKind> = new Set(['DEPOSIT', 'WITHDRAWAL', 'RED_POCKET'])

export const isFromOutside = ({ kind }: Pick<Entry, 'kind'>): boolean => outsideKinds.has(kind)

/** The assets other than cash that the postings move. */
export function assetsOf({ postings }: Postings): readonly string[] {
  const ids = postings.map((posting) => posting.assetId).filter((id) => id !== cashAssetId)
  return [...new Set(ids)]
}
