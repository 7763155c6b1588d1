import { optionOf } from '../../api/asset-names.ts'
import type { TicketAssetsQuery } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { AssetLogo } from '../../ui/AssetLogo.tsx'
import { SearchSelect } from '../../ui/SearchSelect.tsx'

type AssetSelectProps = {
  readonly assets: TicketAssetsQuery['assets']['nodes']
  readonly assetId: string
  readonly onChoose: (id: string) => void
}

/** The asset of the page, which typing replaces. It is also the search field of the page. */
export function AssetSelect({ assets, assetId, onChoose }: AssetSelectProps) {
  const isKnown = assets.some(({ id }) => id === assetId)
  return (
    <SearchSelect
      aria-label={i18n.t('Asset')}
      placeholder={i18n.t('Choose an asset')}
      className="asset-select"
      isPageSearch
      nothingFoundMessage={i18n.t('No asset has this name')}
      size="md"
      comboboxProps={{ width: 320, position: 'bottom-start' }}
      value={assetId}
      onChoose={onChoose}
      leftSection={isKnown && <AssetLogo key={assetId} id={assetId} size={24} />}
      options={assets.map(optionOf)}
    />
  )
}
