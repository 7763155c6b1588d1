import type { TableDefinition } from '@cnop/kit/tables'

/** The inventory table: the packed catalogue, and who keeps it up to date. */
export const inventoryTable = (name: string): TableDefinition => ({
  name,
  indexes: [],
  hasTimeToLive: true,
})

export const catalogueKey = (row: number) => ({ pk: 'CATALOGUE', sk: String(row).padStart(3, '0') })
export const leaseKey = { pk: 'LEASE', sk: 'MARKET' } as const
