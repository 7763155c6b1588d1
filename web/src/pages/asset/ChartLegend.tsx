import { Text } from '@mantine/core'
import { useHiddenAmounts } from '../../ui/amounts.tsx'
import type { ChartMarks } from '../../ui/CandleChart.tsx'
import { describeFills, describeLimits } from './chart-marks.ts'

type ChartLegendProps = {
  readonly assetId: string
  readonly words: string
  readonly marks: ChartMarks
  readonly orders: Parameters<typeof describeLimits>[0]
}

/** What the marks on the chart mean, in words that everyone can read. */
export function ChartLegend({ assetId, words, marks, orders }: ChartLegendProps) {
  const areHidden = useHiddenAmounts()
  const fills = describeFills(marks)
  const limits = describeLimits(orders, assetId, areHidden)
  if (fills === undefined && limits.length === 0) return null
  return (
    <ul className="chart-legend" aria-label="My orders on the chart">
      {fills && (
        <Text component="li" size="sm">
          <span className="up" aria-hidden="true">
            ▲
          </span>{' '}
          <span className="down" aria-hidden="true">
            ▼
          </span>{' '}
          My fills over {words}: {fills}
        </Text>
      )}
      {limits.map(({ id, text }) => (
        <Text component="li" size="sm" key={id}>
          <span className="flat" aria-hidden="true">
            ┄┄
          </span>{' '}
          Open order: {text}
        </Text>
      ))}
    </ul>
  )
}
