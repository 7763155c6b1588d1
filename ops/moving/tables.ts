import { cnyTables } from '@cnop/cny/tables'
import { inventoryVersion } from '@cnop/inventory/operator'
import { inventoryTables } from '@cnop/inventory/tables'
import type { Env } from '@cnop/kit/config'
import type { Db, Store } from '@cnop/kit/dynamo'
import type { TableDefinition } from '@cnop/kit/tables'
import { ledgerVersion } from '@cnop/ledger/migrate'
import { orderTables } from '@cnop/order/tables'
import { userTables } from '@cnop/user/tables'

/** Each table has the name of its part of the platform in a backup, whatever it is called in a store. */
export const parts = [
  'users',
  'inventory',
  'outbox',
  'quotes',
  'ledger',
  'orders',
  'claims',
] as const
export type Part = (typeof parts)[number]

export type TableNames = Readonly<Record<Part, string>>

/** The names that the services use. */
export const tableNames = (env: Env): TableNames =>
  Object.fromEntries(
    parts.map((part) => [part, env[`${part.toUpperCase()}_TABLE`]?.trim() || part]),
  ) as Record<Part, string>

/** Every table of the platform, once. */
export function tableDefinitions(tables: TableNames): readonly TableDefinition[] {
  const all = [userTables, orderTables, inventoryTables, cnyTables].flatMap((of) => of({ tables }))
  return [...new Map(all.map((definition) => [definition.name, definition])).values()]
}

export const storeOf = (db: Db, tables: TableNames, part: Part): Store => ({
  db,
  table: tables[part],
})

/** The tables that have a version, and the latest that this release knows. */
export const knownVersions = { ledger: ledgerVersion, inventory: inventoryVersion } as const
export type Versioned = keyof typeof knownVersions
