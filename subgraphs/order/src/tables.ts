import type { TableDefinition } from '@cnop/kit/tables'
import { ledgerTable } from '@cnop/ledger/tables'
import { outboxTable } from '@cnop/outbox/tables'
import { quotesTable } from '@cnop/quotes/tables'
import type { OrderConfig } from './config.ts'
import { ordersTable } from './store/keys.ts'

/** Every table that the service uses. */
export const orderTables = ({ tables }: Pick<OrderConfig, 'tables'>): TableDefinition[] => [
  ordersTable(tables.orders),
  ledgerTable(tables.ledger),
  outboxTable(tables.outbox),
  quotesTable(tables.quotes),
]
