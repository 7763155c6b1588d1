import type { Store } from '@cnop/kit/dynamo'
import { Contention } from '@cnop/kit/errors'
import { type Account, type Holding, totalQuantity } from '@cnop/ledger/account'
import { readAccount, readSettled } from '@cnop/ledger/balances'
import DataLoader from 'dataloader'
import type { User } from './domain/user.ts'
import { readUsers } from './store/users.ts'

/** An account and all its holdings but those of zero, by ticker. No movement lies between them. */
export interface Settled {
  readonly account: Account
  readonly holdings: readonly Holding[]
}

/** What one request reads of users and their money: each once, however many fields ask. */
export interface Loaders {
  readonly users: DataLoader<string, User | undefined>
  /** The account; where fields beside it ask for holdings, both are of one moment. */
  readonly accounts: DataLoader<string, Account>
  readonly readSettled: (username: string) => Promise<Settled>
  /** Clears the cache before a mutation. */
  forget(): void
}

interface Source {
  readonly store: Store
  readonly ledger: Store
}

const maxBatchSize = 100

const settle = <Value>(read: Promise<Value>): Promise<Value | Error> =>
  read.catch((error: unknown) => error as Error)

export function createLoaders({ store, ledger }: Source): Loaders {
  const users = new DataLoader<string, User | undefined>(
    (usernames) => readUsers(store, usernames),
    { maxBatchSize },
  )
  const settled = new Map<string, Promise<Settled>>()
  const readOnce = (username: string): Promise<Settled> => {
    const reading = settled.get(username) ?? readMoney(ledger, username)
    settled.set(username, reading)
    return reading
  }
  // A batch begins when all fields of the level have asked, so it sees who asked for holdings too.
  const accounts = new DataLoader<string, Account>((usernames) =>
    Promise.all(
      usernames.map(async (username) =>
        settle(
          settled.get(username)?.then(({ account }) => account) ?? readAccount(ledger, username),
        ),
      ),
    ),
  )
  return {
    users,
    accounts,
    readSettled: readOnce,
    forget: () => {
      users.clearAll()
      accounts.clearAll()
      settled.clear()
    },
  }
}

async function readMoney(ledger: Source['ledger'], username: string): Promise<Settled> {
  const settled = await readSettled(ledger, username)
  if (!settled) throw new Contention()
  const holdings = settled.holdings.filter((holding) => totalQuantity(holding) !== 0n)
  return { account: settled.account, holdings }
}
