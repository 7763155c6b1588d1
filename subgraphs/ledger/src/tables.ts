import type { TableDefinition } from '@cnop/kit/tables'

/** One table: account, holdings, journal and keys of a user are one partition. Keys expire; nothing else does. */
export function ledgerTable(name: string): TableDefinition {
  return { name, indexes: [], hasTimeToLive: true }
}
