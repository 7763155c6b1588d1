import { formatQuantity, parseQuantity, quantityFromUnits } from '@cnop/kit/money'
import { formatDate } from '../format/time.ts'
import { i18n } from '../i18n.ts'
import type { Draft } from './draft.ts'

/** What a sale takes of a lot, as the API accepts it. */
export type NamedLot = { readonly acquiredOn: string | null; readonly quantity: string }

/** How a draft names a lot; the lot of no known day has an empty name. */
export const lotName = ({ acquiredOn }: Pick<NamedLot, 'acquiredOn'>): string => acquiredOn ?? ''

/** "5 Jan 2026" */
export const lotDay = (acquiredOn: string | null): string =>
  acquiredOn === null
    ? i18n.t('Before lots were kept')
    : // A time without a zone is the reader's, so that the day stays the same.
      formatDate(`${acquiredOn}T12:00:00`)

const choosesLots = ({ side, hasLots }: Draft): boolean => side === 'SELL' && hasLots

type Named =
  | { readonly terms: { readonly lots?: readonly NamedLot[] }; readonly missing?: undefined }
  | { readonly missing: string }

/** The lots that a draft names, the oldest first, as far as its quantity needs them, or what is missing. */
export function nameLots(
  draft: Draft,
  owned: readonly NamedLot[] | undefined,
  quantity: string | undefined,
): Named {
  if (!choosesLots(draft)) return { terms: {} }
  if (!owned) return { missing: i18n.t('Waiting for your lots.') }
  const chosen = owned.filter((lot) => draft.lots.includes(lotName(lot)))
  if (chosen.length === 0) return { missing: i18n.t('Choose a lot first.') }
  // Dollars at the market become a quantity only when they trade.
  if (quantity === undefined) return { missing: i18n.t('Enter a quantity to sell lots.') }
  let missing: bigint = parseQuantity(quantity)
  const lots = chosen.flatMap(({ acquiredOn, quantity: text }) => {
    const left = parseQuantity(text)
    const part = left < missing ? left : quantityFromUnits(missing)
    missing -= part
    return part > 0n ? [{ acquiredOn, quantity: formatQuantity(part) }] : []
  })
  return missing === 0n
    ? { terms: { lots } }
    : { missing: i18n.t('Choose more lots: these hold less.') }
}
