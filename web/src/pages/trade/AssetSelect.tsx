import { createFinder } from '@cnop/kit/search'
import { type OptionsFilter, Select } from '@mantine/core'
import { useState } from 'react'
import { flushSync } from 'react-dom'
import type { TicketAssetsQuery } from '../../generated/graphql.ts'
import { AssetLogo } from '../../ui/AssetLogo.tsx'

type TicketAsset = TicketAssetsQuery['assets']['nodes'][number]

type AssetSelectProps = {
  readonly assets: readonly TicketAsset[]
  readonly assetId: string
  readonly onChoose: (id: string) => void
}

const findOptions: OptionsFilter = ({ options, search, limit }) => {
  const finds = createFinder(search)
  return options.filter((option) => 'label' in option && finds(option.label)).slice(0, limit)
}

const labelOf = ({ id, name }: TicketAsset): string => `${name} (${id})`

/** The asset of the page, which typing replaces. It is also the search field of the page. */
export function AssetSelect({ assets, assetId, onChoose }: AssetSelectProps) {
  const chosen = assets.find(({ id }) => id === assetId)
  const [typed, setTyped] = useState('')
  return (
    <Select
      aria-label="Asset"
      placeholder="Choose an asset"
      className="asset-select"
      data-page-search
      searchable
      filter={findOptions}
      allowDeselect={false}
      selectFirstOptionOnChange
      limit={60}
      nothingFoundMessage="No asset has this name"
      size="md"
      comboboxProps={{ width: 320, position: 'bottom-start' }}
      // Typing replaces the name: after the focus has come, a click or Escape.
      onFocus={({ currentTarget }) => currentTarget.select()}
      onClick={({ currentTarget }) => currentTarget.select()}
      searchValue={typed}
      onSearchChange={setTyped}
      onKeyDown={({ key, currentTarget }) => {
        if (key !== 'Escape') return
        flushSync(() => setTyped(chosen ? labelOf(chosen) : ''))
        currentTarget.select()
      }}
      value={chosen?.id ?? null}
      onChange={(id) => id && onChoose(id)}
      leftSection={chosen && <AssetLogo key={chosen.id} id={chosen.id} size={24} />}
      data={assets.map((asset) => ({ value: asset.id, label: labelOf(asset) }))}
    />
  )
}
