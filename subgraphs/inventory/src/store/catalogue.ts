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
  const { pk } = catalogueKey(0)
  const { items } = await queryPage(db, { table, pk, limit: maxRows, newestFirst: false })
  const [first] = items
  if (!first) return undefined
  return {
    feed: textOf(first, 'feed'),
    tickedAt: items.map((item) => textOf(item, 'tickedAt')).reduce((a, b) => (a > b ? a : b)),
    assets: items.flatMap((item) => unpackAssets(textOf(item, 'assets'))),
  }
}

const textOf = (item: Item, name: string): string => {
  const value = item[name]
  return typeof value === 'string' ? value : ''
}

class Overtaken extends Error {
  override readonly name = 'Overtaken'
}

/** Stores all assets, unless newer ones are there. */
export async function saveCatalogue(
  { db, table }: Store,
  { feed, tickedAt, assets }: StoredCatalogue,
): Promise<void> {
  const rows = Math.min(maxRows, Math.ceil(assets.length / assetsPerRow))
  if (rows === 0) return
  const writes = Array.from({ length: rows }, (_, row) => ({
    put: {
      TableName: table,
      Item: {
        ...catalogueKey(row),
        feed,
        tickedAt,
        assets: packAssets(assets.slice(row * assetsPerRow, (row + 1) * assetsPerRow)),
      },
      ConditionExpression: 'attribute_not_exists(pk) OR tickedAt <= :tickedAt',
      ExpressionAttributeValues: { ':tickedAt': tickedAt },
    },
    refused: () => new Overtaken(),
  }))
  try {
    await transact(db, writes)
  } catch (error) {
    // Another process keeps the catalogue now.
    if (!(error instanceof Overtaken)) throw error
  }
}
