import type { Item, Store } from '@cnop/kit/dynamo'
import { queryPage } from '@cnop/kit/read'
import { transact } from '@cnop/kit/transact'
import type { Asset } from '../domain/asset.ts'
import { packAssets, unpackAssets } from './pack-assets.ts'
import { catalogueKey } from './tables.ts'

/** All assets as they were at a moment. */
export interface StoredCatalogue {
  readonly feed: string
  readonly tickedAt: string
  readonly assets: readonly Asset[]
}

/** About a kilobyte each, so that a row stays far below its 400 KB. */
const assetsPerRow = 150
const maxRows = 40

export async function readCatalogue({ db, table }: Store): Promise<StoredCatalogue | undefined> {
  const { pk } = catalogueKey('figures', 0)
  const { items } = await queryPage(db, { table, pk, limit: 2 * maxRows, newestFirst: false })
  const [first] = items
  if (!first) return undefined
  return {
    feed: textOf(first, 'feed'),
    tickedAt: items.map((item) => textOf(item, 'tickedAt')).reduce((a, b) => (a > b ? a : b)),
    assets: unpackAssets(items.map((item) => textOf(item, 'assets'))),
  }
}

const textOf = (item: Item, name: string): string => {
  const value = item[name]
  return typeof value === 'string' ? value : ''
}

class Overtaken extends Error {
  override readonly name = 'Overtaken'
}

export interface CatalogueWriter {
  /** Stores what has changed since the last save, unless newer figures are there. */
  save(catalogue: StoredCatalogue): Promise<void>
}

/** The writer of the one process that keeps the catalogue. Its first save stores everything. */
export function openCatalogueWriter({ db, table }: Store): CatalogueWriter {
  let saved: ReadonlyMap<string, string> = new Map()
  return {
    save: async ({ feed, tickedAt, assets }) => {
      const rows = splitRows(assets)
      // The first row of figures is in every save: it refuses a process that was overtaken.
      const writes = rows.flatMap(({ key, packed }, row) =>
        row > 0 && saved.get(key.sk) === packed
          ? []
          : {
              put: {
                TableName: table,
                Item: { ...key, feed, tickedAt, assets: packed },
                ConditionExpression: 'attribute_not_exists(pk) OR tickedAt <= :tickedAt',
                ExpressionAttributeValues: { ':tickedAt': tickedAt },
              },
              refused: () => new Overtaken(),
            },
      )
      if (writes.length === 0) return
      saved = new Map()
      try {
        await transact(db, writes)
        saved = new Map(rows.map(({ key, packed }) => [key.sk, packed]))
      } catch (error) {
        // Another process keeps the catalogue now.
        if (!(error instanceof Overtaken)) throw error
      }
    },
  }
}

/** By ticker, because the feed's order changes with every rank, and all rows with it. */
function splitRows(assets: readonly Asset[]) {
  const sorted = [...assets].sort((a, b) => (a.assetId < b.assetId ? -1 : 1))
  const count = Math.min(maxRows, Math.ceil(sorted.length / assetsPerRow))
  return (['figures', 'facts'] as const).flatMap((part) =>
    Array.from({ length: count }, (_, row) => ({
      key: catalogueKey(part, row),
      packed: packAssets(sorted.slice(row * assetsPerRow, (row + 1) * assetsPerRow), part),
    })),
  )
}
