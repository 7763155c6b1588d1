import type { TableDefinition } from '@cnop/kit/tables'
import { ledgerTable } from '@cnop/ledger/tables'
import type { CnyConfig } from './config.ts'
import { claimsTable } from './store/claims.ts'

/** Every table that the service uses. */
export const cnyTables = ({ tables }: Pick<CnyConfig, 'tables'>): TableDefinition[] => [
  claimsTable(tables.claims),
  ledgerTable(tables.ledger),
]
