import type { TableDefinition } from '@cnop/kit/tables'
import { ledgerTable } from '@cnop/ledger/tables'
import { outboxTable } from '@cnop/outbox/tables'
import { quotesTable } from '@cnop/quotes/tables'
import type { UserConfig } from './config.ts'
import { usersTable } from './store/keys.ts'

/** Every table that the service uses. */
export const userTables = ({ tables }: Pick<UserConfig, 'tables'>): TableDefinition[] => [
  usersTable(tables.users),
  ledgerTable(tables.ledger),
  outboxTable(tables.outbox),
  quotesTable(tables.quotes),
]
