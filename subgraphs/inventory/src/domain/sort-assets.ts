import type { Language } from '@cnop/kit/language'
import { createFinder } from '@cnop/kit/search'
import { nameIn, namesOf } from '@cnop/quotes/asset-names'
import { percentChange } from '@cnop/quotes/percent'
import type { AssetCategory } from '@cnop/quotes/quote'
import type { Asset } from './asset.ts'

export const sortColumns = [
  'RANK',
  'NAME',
  'PRICE',
  'CHANGE_24H',
  'CHANGE_7D',
  'MARKET_CAP',
  'VOLUME_24H',
] as const
export type SortColumn = (typeof sortColumns)[number]

export interface AssetOrder {
  readonly by: SortColumn
  readonly descending: boolean
  /** Whose names and whose order of names apply; without it, English. */
  readonly language?: Language | undefined
}

export interface AssetChoice {
  /** What the ticker or a name has. */
  readonly search: string | undefined
  readonly category: AssetCategory | undefined
  readonly activeOnly: boolean
  /** In upper case. */
  readonly assetIds: readonly string[] | undefined
}

type SortValue = bigint | number | string | undefined

const valueOf: Readonly<Record<SortColumn, (asset: Asset, language: Language) => SortValue>> = {
  RANK: (asset) => asset.rank,
  NAME: ({ assetId: id, name }, language) => nameIn(language, { id, name }),
  PRICE: (asset) => asset.price,
  CHANGE_24H: (asset) => changeSince(asset, asset.figures.dayAgoPrice),
  CHANGE_7D: (asset) => changeSince(asset, asset.figures.weekAgoPrice),
  MARKET_CAP: (asset) => asset.figures.marketCap,
  VOLUME_24H: (asset) => asset.figures.volume24h,
}

/** How far an asset is from an earlier price, in per cent. */
export function changeSince(asset: Asset, before: Asset['price']): number | undefined {
  return asset.price === undefined ? undefined : percentChange(asset.price, before)
}

/** The assets that are asked for, in the order asked for; those without a value come last in both directions. */
export function chooseAssets(
  assets: readonly Asset[],
  choice: AssetChoice,
  order: AssetOrder,
): readonly Asset[] {
  const wanted = choice.assetIds && new Set(choice.assetIds)
  const finds = createFinder(choice.search ?? '')
  const isFound = ({ assetId: id, name }: Asset) => finds(...namesOf({ id, name }))
  return assets
    .filter((asset) => isChosen(asset, choice, wanted) && isFound(asset))
    .map((asset) => ({ asset, value: valueOf[order.by](asset, order.language ?? 'en') }))
    .sort(
      (a, b) => compareValues(a.value, b.value, order) || compare(a.asset.assetId, b.asset.assetId),
    )
    .map(({ asset }) => asset)
}

function isChosen(
  asset: Asset,
  { category, activeOnly }: AssetChoice,
  wanted: ReadonlySet<string> | undefined,
): boolean {
  if (activeOnly && !asset.isActive) return false
  if (category !== undefined && asset.category !== category) return false
  return !wanted || wanted.has(asset.assetId)
}

function compareValues(a: SortValue, b: SortValue, order: AssetOrder): number {
  if (a === undefined || b === undefined) {
    return a === b ? 0 : a === undefined ? 1 : -1
  }
  const { descending, language = 'en' } = order
  const ascending =
    typeof a === 'string' && typeof b === 'string'
      ? collators[language].compare(a, b)
      : compare(a, b)
  return descending ? -ascending : ascending
}

/** How each language orders names. */
const collators: Readonly<Record<Language, Intl.Collator>> = {
  en: new Intl.Collator('en'),
  'zh-CN': new Intl.Collator('zh-CN'),
}

/** Texts by code units, so that every machine sorts alike. */
const compare = <Value extends bigint | number | string>(a: Value, b: Value): number =>
  a < b ? -1 : a > b ? 1 : 0
