import type { TableDefinition } from '@cnop/kit/tables'
import { unverifiedIndex } from './keys.ts'

/**
 * One table: account, holdings, journal and keys of a user are one partition. Keys expire; nothing else does. The index
 * holds an account only while it has entries that no verifier has seen.
 */
export function ledgerTable(name: string): TableDefinition {
  return {
    name,
    indexes: [{ name: unverifiedIndex, projection: 'keys' }],
    hasTimeToLive: true,
  }
}
