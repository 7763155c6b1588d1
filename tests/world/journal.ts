import { systemClock, toIso } from '@cnop/kit/clock'
import { createRowWriter } from '@cnop/kit/copy-rows'
import type { Db, Item } from '@cnop/kit/dynamo'
import { sortableIds } from '@cnop/kit/ids'
import { price, quantity, usd } from '@cnop/kit/money'
import { transact } from '@cnop/kit/transact'
import { type Change, emptyHolding, type LedgerState, newAccount } from '@cnop/ledger/account'
import { closeAccount, closingsDue, entriesPerBlock } from '@cnop/ledger/closing'
import { buyEntry, depositEntry, type Entry, sellEntry } from '@cnop/ledger/entry'
import { accountItem, closingItem, entryItem, holdingItem } from '@cnop/ledger/item'
import { indexKeys } from '@cnop/ledger/keys'
import { post } from '@cnop/ledger/post'

const table = 'ledger'
const usual = {
  assetId: 'BTC',
  price: price('50000'),
  fee: usd('0.00'),
  orderId: 'ord_of_a_journal',
}
const limits = {
  deposit: usd('1000000000.00'),
  withdrawal: usd('0.00'),
  redPocketHoldMs: 0,
}

/** The asset of which every journal has the same few entries, its oldest ones. */
export const rareAsset = 'ETH'
const rareEntries = 5

/** A large deposit, a few rare purchases, then deposits, and purchases that are partly sold again. */
function entryAt(place: number): Entry {
  if (place === 0) return depositEntry(usd('1000000.00'))
  if (place <= rareEntries) {
    const terms = { ...usual, assetId: rareAsset, price: price('3000') }
    return buyEntry({ ...terms, quantity: quantity('0.01'), total: usd('30.00') })
  }
  if (place % 4 === 2)
    return buyEntry({ ...usual, quantity: quantity('0.001'), total: usd('50.00') })
  if (place % 4 === 3)
    return sellEntry({ ...usual, quantity: quantity('0.0005'), total: usd('25.00') })
  return depositEntry(usd('50.00'))
}

/** The rows that the ledger's commands write for an entry, except the key and the balances. */
function rowsOf({ before: { account, holdings }, account: after, entry }: Change): Item[] {
  const { username } = account
  const kinds = closingsDue(account, after.day, entriesPerBlock)
  const closing = closeAccount(account, [...holdings.values()], entry.createdAt)
  return [
    entryItem(entry),
    ...indexKeys(entry).map((key) => ({ ...key })),
    ...(closing ? kinds.map((kind) => closingItem(username, kind, closing)) : []),
  ]
}

/** Applies an entry to all that its user owns. */
function apply(state: LedgerState, change: Change): LedgerState {
  const changed = change.holdings.map((holding) => [holding.assetId, holding] as const)
  return { account: change.account, holdings: new Map([...state.holdings, ...changed]) }
}

interface Filling {
  readonly entries: number
  /** The entries are spread evenly from this moment until now. */
  readonly sinceMs: number
}

/**
 * Opens an account with a journal by the rules of the ledger, but with many rows per call. The account comes last: before
 * that, no verifier looks at its entries.
 */
export async function openFilled(
  db: Db,
  username: string,
  { entries, sinceMs }: Filling,
): Promise<void> {
  const newId = sortableIds(systemClock)
  const account = newAccount(username, toIso(sinceMs))
  const owned = [usual.assetId, rareAsset].map((id) => [id, emptyHolding(id)] as const)
  let state: LedgerState = { account, holdings: new Map(owned) }
  const writer = createRowWriter({ db, table })
  const stepMs = (systemClock() - sinceMs) / entries
  for (let place = 0; place < entries; place += 1) {
    const nowMs = Math.round(sinceMs + (place + 1) * stepMs)
    const change = post(state, entryAt(place), { nowMs, limits, id: newId('ent') })
    for (const row of rowsOf(change)) await writer.add(row)
    state = apply(state, change)
  }
  await writer.flush()
  const holdings = [...state.holdings.values()].filter(({ version }) => version > 0n)
  const balances = [
    accountItem(state.account),
    ...holdings.map((holding) => holdingItem(username, holding)),
  ]
  await transact(
    db,
    balances.map((item) => ({ put: { TableName: table, Item: item } })),
  )
}
