import { BadInput } from '@cnop/kit/errors'
import { plainSearch } from '@cnop/kit/search'
import { AssetNotFound } from '@cnop/quotes/errors'
import { checkTicker } from '@cnop/quotes/quote'
import { listAssets } from '../commands/list-assets.ts'
import type { AssetChoice } from '../domain/sort-assets.ts'
import type { AssetFilter, QueryResolvers } from '../generated/resolvers.ts'

const longestSearch = 50
const mostIds = 250

function readChoice({ search, category, activeOnly, ids }: AssetFilter): AssetChoice {
  const text = plainSearch(search ?? '')
  if (text.length > longestSearch) {
    throw new BadInput('filter.search', `must have at most ${longestSearch} characters`)
  }
  if (ids && ids.length > mostIds) {
    throw new BadInput('filter.ids', `must have at most ${mostIds} entries`)
  }
  return {
    search: text === '' ? undefined : text,
    category: category ?? undefined,
    activeOnly: activeOnly ?? true,
    assetIds: ids?.map((id) => checkTicker(id, 'filter.ids')),
  }
}

export const Query: QueryResolvers = {
  asset: (_parent, { id }, { catalogue }) => {
    const assetId = checkTicker(id, 'id')
    const asset = catalogue.get(assetId)
    if (!asset) throw new AssetNotFound(assetId)
    return asset
  },
  assets: (_parent, { filter, sort, first, after }, context) =>
    listAssets(context, {
      choice: readChoice(filter ?? {}),
      order: {
        by: sort?.by ?? 'RANK',
        descending: sort?.descending ?? false,
        language: sort?.language === 'ZH_CN' ? 'zh-CN' : 'en',
      },
      first,
      after,
    }),
  market: (_parent, _args, { market }) => market(),
}
