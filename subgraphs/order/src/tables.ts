import type { TableDefinition } from '@cnop/kit/tables'
import { ledgerTable } from '@cnop/ledger/tables'
import { quotesTable } from '@cnop/quotes/tables'
import type { OrderConfig } from './config.ts'
import { ordersTable } from './store/keys.ts'

/** Every table that the service uses. */
export const orderTables = ({ tables }: Pick<OrderConfig, 'tables'>): TableDefinition[] => [
  ordersTable(tables.orders),
  ledgerTable(tables.ledger),
  quotesTable(tables.quotes),
]
