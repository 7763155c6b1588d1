import type { Db } from '@cnop/kit/dynamo'
import type { Account, Holding } from '@cnop/ledger/account'
import { readAccount, readHoldings } from '@cnop/ledger/balances'
import DataLoader from 'dataloader'
import type { User } from '../domain/user.ts'
import { readUsers } from './users.ts'

/** What one request reads of users and their money: each once, however many fields ask. */
export interface Loaders {
  readonly users: DataLoader<string, User | undefined>
  readonly accounts: DataLoader<string, Account>
  readonly holdings: DataLoader<string, readonly Holding[]>
  /** Lets go of what was read: a mutation is about to change it. */
  forget(): void
}

interface Source {
  readonly db: Db
  readonly table: string
  readonly ledger: { readonly db: Db; readonly table: string }
}

const maxBatchSize = 100

const settle = <Value>(read: Promise<Value>): Promise<Value | Error> =>
  read.catch((error: unknown) => error as Error)

export function createLoaders({ db, table, ledger }: Source): Loaders {
  const users = new DataLoader<string, User | undefined>(
    (usernames) => readUsers(db, table, usernames),
    { maxBatchSize },
  )
  const accounts = new DataLoader<string, Account>((usernames) =>
    Promise.all(usernames.map((username) => settle(readAccount(ledger, username)))),
  )
  const holdings = new DataLoader<string, readonly Holding[]>((usernames) =>
    Promise.all(usernames.map((username) => settle(readHoldings(ledger, username)))),
  )
  return {
    users,
    accounts,
    holdings,
    forget: () => {
      users.clearAll()
      accounts.clearAll()
      holdings.clearAll()
    },
  }
}
