import { addUsd, formatUsd, parseUsd, type Usd, zeroUsd } from '@cnop/kit/money'
import type { AssetCategory } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import type { Slice } from '../../ui/AllocationChart.tsx'

const names: Readonly<Record<AssetCategory, string>> = {
  MAJOR: i18n.t('Majors'),
  ALTCOIN: i18n.t('Altcoins'),
  STABLECOIN: i18n.t('Stablecoins'),
}

/** The same whole by class, the largest first. An asset whose class is not known counts as "Others". */
export function byClass(
  slices: readonly Slice[],
  classes: ReadonlyMap<string, AssetCategory>,
): readonly Slice[] {
  const sums = new Map<string, { value: Usd; percent: number }>()
  for (const { assetId, value, percent } of slices) {
    const category = classes.get(assetId)
    const name = assetId === 'USD' ? i18n.t('Cash') : category ? names[category] : i18n.t('Others')
    const sum = sums.get(name) ?? { value: zeroUsd, percent: 0 }
    sums.set(name, {
      value: addUsd(sum.value, parseUsd(value)),
      percent: sum.percent + percent,
    })
  }
  return [...sums]
    .map(([assetId, { value, percent }]) => ({ assetId, value: formatUsd(value), percent }))
    .sort((a, b) => b.percent - a.percent)
}
