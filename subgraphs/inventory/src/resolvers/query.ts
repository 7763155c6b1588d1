import { BadInput } from '@cnop/kit/errors'
import type { AssetCategory } from '@cnop/quotes/quote'
import { AssetNotFound } from '@cnop/quotes/errors'
import { listAssets } from '../commands/list-assets.ts'
import type { Context } from '../deps.ts'
import type { AssetChoice, AssetOrder } from '../domain/sort-assets.ts'
import { readTicker } from './ticker.ts'

interface AssetFilter {
  readonly search?: string | null
  readonly category?: AssetCategory | null
  readonly activeOnly?: boolean | null
  readonly ids?: readonly string[] | null
}

interface AssetsArguments {
  readonly filter?: AssetFilter | null
  readonly sort?: AssetOrder | null
  readonly first?: number | null
  readonly after?: string | null
}

const byRank: AssetOrder = { by: 'RANK', descending: false }
const longestSearch = 50
const mostIds = 250

function readChoice({ search, category, activeOnly, ids }: AssetFilter): AssetChoice {
  const text = search?.trim().toLowerCase()
  if (text && text.length > longestSearch) {
    throw new BadInput('filter.search', `must have at most ${longestSearch} characters`)
  }
  if (ids && ids.length > mostIds) {
    throw new BadInput('filter.ids', `must have at most ${mostIds} entries`)
  }
  return {
    search: text === '' ? undefined : text,
    category: category ?? undefined,
    activeOnly: activeOnly ?? true,
    assetIds: ids?.map((id) => readTicker(id, 'filter.ids')),
  }
}

export const Query = {
  asset: (_parent: unknown, { id }: { readonly id: string }, { catalogue }: Context) => {
    const assetId = readTicker(id, 'id')
    const asset = catalogue.get(assetId)
    if (!asset) throw new AssetNotFound(assetId)
    return asset
  },
  assets: (_parent: unknown, { filter, sort, first, after }: AssetsArguments, context: Context) =>
    listAssets(context, {
      choice: readChoice(filter ?? {}),
      order: sort ?? byRank,
      first,
      after,
    }),
  market: (_parent: unknown, _args: unknown, { market }: Context) => market(),
}
