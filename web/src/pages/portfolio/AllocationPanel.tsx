import { SegmentedControl, Text } from '@mantine/core'
import { useState } from 'react'
import { useReading } from '../../api/reading.ts'
import { PortfolioClassesDocument } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import type { Slice } from '../../ui/AllocationChart.tsx'
import { LazyAllocationChart } from '../../ui/LazyAllocationChart.tsx'
import { PanelSkeleton, ReadingPanel } from '../../ui/Panel.tsx'
import { useValues } from '../../values/ValuesProvider.tsx'
import { byClass } from './allocation.ts'

/** The classes of the assets are read when they are asked for. */
function ByClass({ slices }: { slices: readonly Slice[] }) {
  const { data, failure } = useReading(PortfolioClassesDocument, {})
  if (!data && !failure) return <PanelSkeleton rows={4} />
  const holdings = data?.me?.portfolio.holdings ?? []
  const classes = new Map(
    holdings.flatMap(({ assetId, asset }) => (asset ? [[assetId, asset.category] as const] : [])),
  )
  return <LazyAllocationChart slices={byClass(slices, classes)} />
}

/** The share of cash and of each asset, or of each class of them. */
export function AllocationPanel() {
  const { reading } = useValues()
  const [by, setBy] = useState('asset')
  const Chart = by === 'class' ? ByClass : LazyAllocationChart
  return (
    <ReadingPanel
      title={i18n.t('Allocation')}
      reading={reading}
      select={({ slices }) => slices}
      skeletonRows={5}
      height={{ base: 420, sm: 230 }}
      action={
        <SegmentedControl
          size="xs"
          aria-label={i18n.t('Allocation by')}
          value={by}
          onChange={setBy}
          data={[
            { value: 'asset', label: i18n.t('Asset') },
            { value: 'class', label: i18n.t('Class') },
          ]}
        />
      }
    >
      {(slices) =>
        slices.length > 0 ? (
          <Chart slices={slices} />
        ) : (
          <Text size="sm" c="dimmed">
            {i18n.t('Nothing to divide yet.')}
          </Text>
        )
      }
    </ReadingPanel>
  )
}
