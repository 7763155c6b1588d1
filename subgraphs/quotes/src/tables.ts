import type { TableDefinition } from '@cnop/kit/tables'

/** The table of prices: packed snapshots, what the feed is, recorded candles. */
export const quotesTable = (name: string): TableDefinition => ({
  name,
  indexes: [],
  hasTimeToLive: true,
})
