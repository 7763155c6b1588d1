import { nameIn, namesOf } from '@cnop/quotes/asset-names'
import { language } from '../i18n.ts'

type Named = { readonly id: string; readonly name: string }

/** The name of an asset in the language of the app, where it has one. */
export const nameOf = (asset: Named): string => nameIn(language, asset)

/** An asset as a choice of a list, which is found by its names in every language. */
export const optionOf = (asset: Named) => ({
  value: asset.id,
  label: `${nameOf(asset)} (${asset.id})`,
  keywords: namesOf(asset),
})
