import { IconChartDonut } from '@tabler/icons-react'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { LazyAllocationChart } from '../../ui/LazyAllocationChart.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'
import { useValues } from '../../values/ValuesProvider.tsx'

export function AllocationPanel() {
  const { reading } = useValues()
  return (
    <ReadingPanel
      title="Allocation"
      reading={reading}
      select={({ slices }) => slices}
      skeletonRows={5}
    >
      {(slices) =>
        slices.length > 0 ? (
          <LazyAllocationChart slices={slices} />
        ) : (
          <EmptyState icon={IconChartDonut} title="Nothing to divide yet">
            Deposit cash and buy an asset to see how your money is spread.
          </EmptyState>
        )
      }
    </ReadingPanel>
  )
}
