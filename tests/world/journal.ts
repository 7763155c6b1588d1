import { systemClock } from '@cnop/kit/clock'
import { connect, type Item } from '@cnop/kit/dynamo'
import { sortableIds } from '@cnop/kit/ids'
import { price, quantity, usd } from '@cnop/kit/money'
import { transact } from '@cnop/kit/transact'
import { type Change, emptyHolding, type LedgerState } from '@cnop/ledger/account'
import { readAccount } from '@cnop/ledger/balances'
import { closeAccount, closingsDue, entriesPerBlock } from '@cnop/ledger/closing'
import { buyEntry, depositEntry, type Entry, sellEntry } from '@cnop/ledger/entry'
import { accountItem, closingItem, entryItem, holdingItem } from '@cnop/ledger/item'
import { indexKeys } from '@cnop/ledger/keys'
import { post } from '@cnop/ledger/post'

const table = 'ledger'
const assetId = 'BTC'
const terms = {
  assetId,
  price: price('50000'),
  fee: usd('0.00'),
  orderId: 'ord_of_the_large_user',
}
const limits = {
  deposit: usd('1000000000.00'),
  withdrawal: usd('0.00'),
  redPocketHoldMs: 0,
}

/** Deposits, and occasionally a purchase that is partly sold again, so that filters exclude entries. */
function entryAt(place: number): Entry {
  if (place % 4 === 1)
    return buyEntry({ ...terms, quantity: quantity('0.001'), total: usd('50.00') })
  if (place % 4 === 2)
    return sellEntry({ ...terms, quantity: quantity('0.0005'), total: usd('25.00') })
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

/** A transaction has at most 100 writes; an entry has at most five rows, and each batch two more. */
const entriesAtOnce = 19

/** Creates journal entries of a new user, by the rules of the ledger but with many per transaction. */
export async function fillJournal(
  endpoint: string,
  username: string,
  entries: number,
): Promise<void> {
  const db = connect({ mode: 'embedded', region: 'us-west-2', endpoint })
  const newId = sortableIds(systemClock)
  const account = await readAccount({ db, table }, username)
  let state: LedgerState = { account, holdings: new Map([[assetId, emptyHolding(assetId)]]) }
  try {
    for (let place = 0; place < entries;) {
      const rows: Item[] = []
      const last = Math.min(entries, place + entriesAtOnce)
      for (; place < last; place += 1) {
        const at = { nowMs: systemClock(), limits, id: newId('ent') }
        const change = post(state, entryAt(place), at)
        rows.push(...rowsOf(change))
        const changed = change.holdings.map((holding) => [holding.assetId, holding] as const)
        state = { account: change.account, holdings: new Map([...state.holdings, ...changed]) }
      }
      const holdings = [...state.holdings.values()].filter(({ version }) => version > 0n)
      const balances = [
        accountItem(state.account),
        ...holdings.map((holding) => holdingItem(username, holding)),
      ]
      await transact(
        db,
        [...rows, ...balances].map((item) => ({ put: { TableName: table, Item: item } })),
      )
    }
  } finally {
    db.close()
  }
}
