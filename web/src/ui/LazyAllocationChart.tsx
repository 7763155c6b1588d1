import { Skeleton } from '@mantine/core'
import { Suspense } from 'react'
import { lazily } from '../api/lazily.ts'
import type { Slice } from './AllocationChart.tsx'

const Chart = lazily(async () => (await import('./AllocationChart.tsx')).AllocationChart)

/** As high as the chart, whose list has at most eight rows. */
function Room({ rows }: { readonly rows: number }) {
  return (
    <div style={{ display: 'flex', gap: 22, flexWrap: 'wrap' }}>
      <Skeleton circle height={168} width={168} />
      <div style={{ flex: 1, minWidth: 170, height: Math.min(rows, 8) * 29.75 - 8 }} />
    </div>
  )
}

/** The chart library is loaded only when there is something to draw. */
export function LazyAllocationChart({ slices }: { slices: readonly Slice[] }) {
  return (
    <Suspense fallback={<Room rows={slices.length} />}>
      <Chart slices={slices} />
    </Suspense>
  )
}
