import { invariant } from '@cnop/kit/errors'
import { type Change, type Holding, postedCash, totalQuantity } from './account.ts'
import {
  assetsOf,
  cashChange,
  type Entry,
  type EntryKind,
  type PostingAccount,
  quantityChange,
  sumOf,
} from './entry.ts'
import { mostLots, sumLots, unpackLots } from './lots.ts'

type Sign = 'in' | 'out' | 'none'

interface Shape {
  /** The platform accounts on the other side. */
  readonly platform: readonly PostingAccount[]
  readonly cash: Sign
  readonly asset: Sign
}

/** The allowed effects of each kind of entry. */
const shapes: Readonly<Record<EntryKind, Shape>> = {
  DEPOSIT: { platform: ['world'], cash: 'in', asset: 'none' },
  WITHDRAWAL: { platform: ['world'], cash: 'out', asset: 'none' },
  RED_POCKET: { platform: ['red-pocket'], cash: 'in', asset: 'none' },
  BUY: { platform: ['market', 'fees'], cash: 'out', asset: 'in' },
  SELL: { platform: ['market', 'fees'], cash: 'in', asset: 'out' },
  HOLD: { platform: [], cash: 'none', asset: 'none' },
  RELEASE: { platform: [], cash: 'none', asset: 'none' },
  REPLACE: { platform: [], cash: 'none', asset: 'none' },
}

/** Zero fits every direction: a sale of dust pays nothing. */
function fits(change: bigint, sign: Sign): boolean {
  if (sign === 'in') return change >= 0n
  if (sign === 'out') return change <= 0n
  return change === 0n
}

/** The assets whose postings do not sum to zero: value would appear or vanish. */
export function unbalancedAssets({ postings }: Pick<Entry, 'postings'>): readonly string[] {
  const sums = new Map<string, bigint>()
  for (const { assetId, amount } of postings) sums.set(assetId, (sums.get(assetId) ?? 0n) + amount)
  return [...sums].filter(([, sum]) => sum !== 0n).map(([assetId]) => assetId)
}

/** Refuses an entry that no correct command creates. These assertions stay on in production. */
export function checkEntry(entry: Entry): void {
  const { kind, postings, assetId, quantity } = entry
  const shape = shapes[kind]
  invariant(postings.length >= 2, 'An entry has two or more postings.')
  invariant(unbalancedAssets(entry).length === 0, 'The postings of an entry sum to zero per asset.')
  const accounts = new Set<PostingAccount>(['available', 'held', ...shape.platform])
  invariant(
    postings.every(({ account }) => accounts.has(account)),
    `A ${kind} entry posts to an account that is not its own.`,
  )
  invariant(fits(cashChange(entry), shape.cash), `A ${kind} entry moves cash the wrong way.`)
  for (const id of assetsOf(entry)) {
    const change = quantityChange(entry, id)
    invariant(id === assetId, 'An entry moves the asset that it names.')
    invariant(fits(change, shape.asset), `A ${kind} entry moves the asset the wrong way.`)
    invariant(
      shape.asset === 'none' || change === quantity || change + (quantity ?? 0n) === 0n,
      'A trade moves the quantity that it names.',
    )
  }
  invariant(
    sumOf(entry, 'fees', 'USD') === (entry.fee ?? 0n),
    'The fee that an entry posts is the fee that it names.',
  )
  checkHold(entry)
  checkReplacement(entry)
  checkOpening(entry)
  checkNamed(entry)
}

/** A hold only sets aside, and a release only returns. */
function checkHold(entry: Entry): void {
  if (entry.kind !== 'HOLD' && entry.kind !== 'RELEASE') return
  const isRight = entry.postings.every(({ account, amount }) =>
    (account === 'held') === (entry.kind === 'HOLD') ? amount > 0n : amount < 0n,
  )
  invariant(isRight, `A ${entry.kind} entry moves between available and held, its own way.`)
}

/** A replacement ends the hold of one order; a REPLACE entry makes that of another instead, of the same thing. */
function checkReplacement({ kind, postings, orderId, replacedOrderId }: Entry): void {
  const ended = postings.filter(({ account, amount }) => account === 'held' && amount < 0n)
  const made = postings.filter(({ account, amount }) => account === 'held' && amount > 0n)
  if (kind === 'REPLACE') {
    const isMoved = ended.length === 1 && made.length === 1
    invariant(
      isMoved && ended[0]?.assetId === made[0]?.assetId && replacedOrderId !== undefined,
      'A REPLACE entry ends one hold and makes another.',
    )
  }
  if (replacedOrderId === undefined) return
  invariant(
    ended.length === 1 && replacedOrderId !== orderId,
    'An entry that replaces an order ends its hold.',
  )
}

/** Only a buy opens another order, or adds to it: that one holds all that was bought. */
function checkOpening({ kind, postings, orderId, openedOrderId, assetId, quantity }: Entry): void {
  if (openedOrderId === undefined) return
  const made = postings.filter(
    (each) => each.account === 'held' && each.amount > 0n && each.assetId === assetId,
  )
  const isRight = made.length === 1 && made[0]?.amount === quantity
  invariant(
    kind === 'BUY' && isRight && openedOrderId !== orderId,
    'An entry that opens an order is a buy, and holds what it bought for it.',
  )
}

/** Only a sale names lots, and it names all that it sells. */
function checkNamed({ kind, namedLots, quantity }: Entry): void {
  if (!namedLots) return
  const named = namedLots.reduce((sum, lot) => sum + lot.quantity, 0n)
  const isRight = named === quantity && namedLots.every((lot) => lot.quantity > 0n)
  invariant(kind === 'SELL' && isRight, 'A sale that names its lots names all that it sells.')
}

function checkHolding(holding: Holding): void {
  const isSound = holding.available >= 0n && holding.held >= 0n && holding.costBasis >= 0n
  invariant(isSound, 'A holding is never negative.')
  const isEmpty = totalQuantity(holding) === 0n
  invariant(!isEmpty || holding.costBasis === 0n, 'Nothing held has no cost basis.')
}

/** Only a trade changes lots. They always are the holding, to the unit and to the cent. */
function checkLots(was: Holding | undefined, { kind }: Change['entry'], after: Holding): void {
  if (kind !== 'BUY' && kind !== 'SELL') {
    invariant(was?.lots === after.lots, 'Only a trade changes lots.')
    return
  }
  const lots = unpackLots(after.lots)
  const { quantity, basis } = sumLots(lots)
  invariant(quantity === totalQuantity(after), 'The lots sum to the holding.')
  invariant(basis === after.costBasis, 'The basis of the lots sums to the cost basis.')
  const isSound = lots.every((lot) => lot.quantity > 0n && lot.basis >= 0n)
  invariant(isSound && lots.length <= mostLots, 'A lot is never empty or negative.')
}

/** Verifies a change against the state and the postings, independently of its computation. */
export function checkChange(change: Change): void {
  const { before, account, holdings, entry } = change
  invariant(account.available >= 0n && account.held >= 0n, 'Cash is never negative.')
  invariant(
    postedCash(account) - postedCash(before.account) === cashChange(entry),
    'The cash balance changes by what the entry posts.',
  )
  invariant(
    account.held - before.account.held === sumOf(entry, 'held', 'USD'),
    'The held cash changes by what the entry posts.',
  )
  invariant(
    account.version === before.account.version + 1n &&
      account.sequence === before.account.sequence + 1n,
    'A change advances version and sequence by one.',
  )
  invariant(
    entry.createdAt >= (before.account.movedAt ?? ''),
    'An entry is not dated before the last one.',
  )
  invariant(entry.previousHash === before.account.head, 'An entry is chained to the head.')
  invariant(account.head === entry.hash, 'The head is the hash of the last entry.')
  for (const holding of holdings) checkHoldingChange(change, holding)
}

function checkHoldingChange({ before, entry }: Change, after: Holding): void {
  checkHolding(after)
  checkLots(before.holdings.get(after.assetId), entry, after)
  const was = before.holdings.get(after.assetId)
  const total = was ? totalQuantity(was) : 0n
  invariant(
    totalQuantity(after) - total === quantityChange(entry, after.assetId),
    'A holding changes by what the entry posts.',
  )
}
