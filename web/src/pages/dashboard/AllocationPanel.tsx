import { IconChartDonut } from '@tabler/icons-react'
import { useReading } from '../../api/reading.ts'
import { config } from '../../config.ts'
import { DashboardAllocationDocument } from '../../generated/graphql.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { LazyAllocationChart } from '../../ui/LazyAllocationChart.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'

export function AllocationPanel() {
  const reading = useReading(DashboardAllocationDocument, {}, { everyMs: config.valuesEveryMs })
  return (
    <ReadingPanel
      title="Allocation"
      reading={reading}
      select={({ me }) => me?.portfolio.allocation}
      skeletonRows={5}
    >
      {(slices) =>
        slices.some(({ percent }) => percent > 0) ? (
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
