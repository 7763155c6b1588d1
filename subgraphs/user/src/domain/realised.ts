import { addUsd, type Usd, zeroUsd } from '@cnop/kit/money'
import { BadInput } from '@cnop/kit/errors'
import type { YearGain } from '@cnop/ledger/realised'
import { limits } from '@cnop/schema/limits'

/** What the sales of one UTC year gained, in all and by asset. */
export interface RealisedGains {
  readonly year: number
  readonly sales: number
  readonly proceeds: Usd
  readonly fee: Usd
  readonly basis: Usd
  readonly gain: Usd
  readonly assets: readonly YearGain[]
}

export function checkYear(year: number): void {
  const { firstYear, lastYear } = limits
  if (year < firstYear || year > lastYear) {
    throw new BadInput('year', `must be a year from ${firstYear} to ${lastYear}`)
  }
}

export function toRealisedGains(year: number, assets: readonly YearGain[]): RealisedGains {
  const sum = (pick: (asset: YearGain) => Usd): Usd =>
    assets.reduce((total, asset) => addUsd(total, pick(asset)), zeroUsd)
  return {
    year,
    sales: assets.reduce((total, { sales }) => total + sales, 0),
    proceeds: sum(({ proceeds }) => proceeds),
    fee: sum(({ fee }) => fee),
    basis: sum(({ basis }) => basis),
    gain: sum(({ gain }) => gain),
    assets,
  }
}
