import type { Quantity, Usd } from '@cnop/kit/money'
import {
  cashAssetId,
  checkAmount,
  checkAsset,
  type Entry,
  negate,
  type Posting,
  type PostingAccount,
} from './entry.ts'

export interface CashHold {
  readonly amount: Usd
  readonly orderId: string
  readonly assetId: string
}

export interface AssetHold {
  readonly quantity: Quantity
  readonly orderId: string
  readonly assetId: string
}

function move(
  assetId: string,
  amount: bigint,
  from: PostingAccount,
  to: PostingAccount,
): Posting[] {
  return [
    { account: from, assetId, amount: negate(amount) },
    { account: to, assetId, amount },
  ]
}

/** Sets cash aside for a limit buy of `assetId`. */
export function holdCashEntry({ amount, orderId, assetId }: CashHold): Entry {
  checkAmount(amount, 'amount')
  checkAsset(assetId)
  return {
    kind: 'HOLD',
    postings: move(cashAssetId, amount, 'available', 'held'),
    assetId,
    orderId,
  }
}

/** Returns the cash that a limit buy of `assetId` had set aside. */
export function releaseCashEntry({ amount, orderId, assetId }: CashHold): Entry {
  checkAmount(amount, 'amount')
  checkAsset(assetId)
  return {
    kind: 'RELEASE',
    postings: move(cashAssetId, amount, 'held', 'available'),
    assetId,
    orderId,
  }
}

/** Sets a quantity aside for a limit sale. */
export function holdAssetEntry({ quantity, orderId, assetId }: AssetHold): Entry {
  checkAmount(quantity, 'quantity')
  checkAsset(assetId)
  return {
    kind: 'HOLD',
    postings: move(assetId, quantity, 'available', 'held'),
    assetId,
    quantity,
    orderId,
  }
}

/** Returns the quantity that a limit sale had set aside. */
export function releaseAssetEntry({ quantity, orderId, assetId }: AssetHold): Entry {
  checkAmount(quantity, 'quantity')
  checkAsset(assetId)
  return {
    kind: 'RELEASE',
    postings: move(assetId, quantity, 'held', 'available'),
    assetId,
    quantity,
    orderId,
  }
}

export interface ReplacedHold {
  readonly replacedOrderId: string
  /** What the replaced order had set aside. */
  readonly replaced: bigint
}

/** Returns the cash that a limit buy of `assetId` had set aside, and sets cash aside for the one that replaces it. */
export function replaceCashEntry(hold: CashHold & ReplacedHold): Entry {
  const { amount, orderId, assetId } = hold
  checkAsset(assetId)
  return { ...moveHold(cashAssetId, amount, hold), assetId, orderId }
}

/** The same for a limit sale, whose hold is a quantity. */
export function replaceAssetEntry(hold: AssetHold & ReplacedHold): Entry {
  const { quantity, orderId, assetId } = hold
  checkAsset(assetId)
  return { ...moveHold(assetId, quantity, hold), assetId, quantity, orderId }
}

/** Both holds in full: the journal shows what each order held, also when they are equal. */
function moveHold(
  assetId: string,
  amount: bigint,
  { replaced, replacedOrderId }: ReplacedHold,
): Pick<Entry, 'kind' | 'postings' | 'replacedOrderId'> {
  checkAmount(replaced, 'replaced')
  checkAmount(amount, 'amount')
  const postings = [
    ...move(assetId, replaced, 'held', 'available'),
    ...move(assetId, amount, 'available', 'held'),
  ]
  return { kind: 'REPLACE', postings, replacedOrderId }
}
