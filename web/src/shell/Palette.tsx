import '@mantine/spotlight/styles.css'
import {
  createSpotlight,
  Spotlight,
  type SpotlightActionData,
  useSpotlight,
} from '@mantine/spotlight'
import { IconSearch } from '@tabler/icons-react'
import { useEffect } from 'react'
import { useNavigate } from 'react-router'
import { useReading } from '../api/reading.ts'
import { ShellAssetsDocument } from '../generated/graphql.ts'
import { paths } from '../paths.ts'
import { AssetLogo } from '../ui/AssetLogo.tsx'
import { focusPage, useFocusReturn } from '../ui/focus.tsx'
import { destinations } from './navigation.ts'

const [store, palette] = createSpotlight()

type PaletteProps = { readonly isSignedIn: boolean; readonly opening: number }

/** Navigation by name: pages, assets, tickets. Each new value of `opening` opens it once. */
export function Palette({ isSignedIn, opening }: PaletteProps) {
  const navigate = useNavigate()
  const { data } = useReading(ShellAssetsDocument, {})
  useFocusReturn(useSpotlight(store).opened)
  useEffect(() => palette.open(), [opening])
  const go = (path: string) => () => {
    void navigate(path)
    focusPage()
  }

  const pages: SpotlightActionData[] = destinations
    .filter(({ isPublic }) => isPublic || isSignedIn)
    .map(({ label, path, icon: Icon }) => ({
      id: path,
      label,
      leftSection: <Icon size={20} stroke={1.6} />,
      onClick: go(path),
    }))
  const assets: SpotlightActionData[] = (data?.assets.nodes ?? []).map(({ id, name, image }) => ({
    id: `asset-${id}`,
    label: name,
    description: id,
    keywords: [id, 'asset'],
    leftSection: <AssetLogo id={id} image={image} size={26} />,
    onClick: go(paths.asset(id)),
  }))
  return (
    <Spotlight
      store={store}
      actions={[
        { group: 'Pages', actions: pages },
        { group: 'Assets', actions: assets },
      ]}
      shortcut={null}
      attributes={{ content: { 'aria-label': 'Command palette' } }}
      styles={{ actionDescription: { opacity: 1 } }}
      limit={12}
      scrollable
      maxHeight={420}
      nothingFound="Nothing has this name"
      searchProps={{
        leftSection: <IconSearch size={18} />,
        placeholder: 'Go to a page or an asset',
        'aria-label': 'Go to a page or an asset',
      }}
    />
  )
}
