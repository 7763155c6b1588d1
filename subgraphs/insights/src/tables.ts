import type { TableDefinition } from '@cnop/kit/tables'
import { quotesTable } from '@cnop/quotes/tables'
import type { InsightsConfig } from './config.ts'

/** Every table that the service uses. */
export const insightsTables = ({ tables }: Pick<InsightsConfig, 'tables'>): TableDefinition[] => [
  quotesTable(tables.quotes),
]
