import type { TableDefinition } from '@cnop/kit/tables'
import { outboxTable } from '@cnop/outbox/tables'
import { quotesTable } from '@cnop/quotes/tables'
import type { InventoryConfig } from './config.ts'
import { inventoryTable } from './store/tables.ts'

/** Every table that the service uses. */
export const inventoryTables = ({ tables }: Pick<InventoryConfig, 'tables'>): TableDefinition[] => [
  inventoryTable(tables.inventory),
  outboxTable(tables.outbox),
  quotesTable(tables.quotes),
]
