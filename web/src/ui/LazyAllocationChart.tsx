import { Skeleton } from '@mantine/core'
import { Suspense } from 'react'
import { lazily } from '../api/lazily.ts'
import type { Slice } from './AllocationChart.tsx'

const Chart = lazily(async () => (await import('./AllocationChart.tsx')).AllocationChart)

/** The chart library is loaded only when there is something to draw. */
export function LazyAllocationChart({ slices }: { slices: readonly Slice[] }) {
  return (
    <Suspense fallback={<Skeleton circle height={168} width={168} />}>
      <Chart slices={slices} />
    </Suspense>
  )
}
