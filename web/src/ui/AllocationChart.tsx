import { addUsd, formatUsd, parseUsd, zeroUsd } from '@cnop/kit/money'
import { memo, useState } from 'react'
import { Pie, PieChart } from 'recharts'
import { formatShare, roundShares } from '../format/percent.ts'
import { i18n } from '../i18n.ts'
import { Money } from './Money.tsx'

export type Slice = {
  readonly assetId: string
  readonly percent: number
  readonly value: string
  /** Its price is not updated. */
  readonly isFrozen?: boolean
}

const palette = [
  '#6b70f3',
  '#1fb978',
  '#f0a63a',
  '#e8608a',
  '#35a7d8',
  '#9a6ae8',
  '#d9744a',
  '#66788f',
]
const colorAt = (index: number): string => palette[index % palette.length] ?? '#66788f'
const most = 7

/** The largest slices; the others are combined. */
function gather(slices: readonly Slice[]): readonly Slice[] {
  if (slices.length <= most + 1) return slices
  const rest = slices.slice(most)
  const percent = rest.reduce((sum, slice) => sum + slice.percent, 0)
  const value = rest.reduce((sum, slice) => addUsd(sum, parseUsd(slice.value)), zeroUsd)
  return [
    ...slices.slice(0, most),
    { assetId: i18n.t('{count} others', { count: rest.length }), percent, value: formatUsd(value) },
  ]
}

type Shown = ReturnType<typeof gather>

const Ring = memo(function Ring({ shown }: { shown: Shown }) {
  return (
    <PieChart width={168} height={168} accessibilityLayer={false}>
      <Pie
        data={shown.map(({ assetId, percent }, index) => ({
          name: assetId,
          value: percent,
          fill: colorAt(index),
        }))}
        dataKey="value"
        innerRadius={54}
        outerRadius={82}
        paddingAngle={shown.length > 1 ? 1.5 : 0}
        startAngle={90}
        endAngle={-270}
        stroke="none"
        isAnimationActive={false}
        rootTabIndex={-1}
      />
    </PieChart>
  )
})

/** Less than this, in per cent of the ring, is less than half a pixel. */
const leastSeen = 0.1

const looksAlike = (one: Shown, other: Shown): boolean =>
  one.length === other.length &&
  one.every(({ assetId, percent }, place) => {
    const slice = other[place]
    return assetId === slice?.assetId && Math.abs(percent - slice.percent) < leastSeen
  })

/** Shares of the whole as a ring, which is drawn anew when that can be seen, and as a list. */
export function AllocationChart({ slices }: { slices: readonly Slice[] }) {
  const shown = gather(slices)
  const [drawn, draw] = useState(shown)
  if (drawn !== shown && !looksAlike(drawn, shown)) draw(shown)
  const shares = roundShares(shown.map(({ percent }) => percent))
  return (
    <div style={{ display: 'flex', gap: 22, alignItems: 'center', flexWrap: 'wrap' }}>
      <div aria-hidden="true">
        <Ring shown={drawn} />
      </div>
      <ul
        style={{
          listStyle: 'none',
          margin: 0,
          padding: 0,
          flex: 1,
          minWidth: 170,
          display: 'grid',
          gap: 8,
        }}
      >
        {shown.map(({ assetId, percent, value, isFrozen }, index) => (
          <li
            key={assetId}
            style={{ display: 'flex', alignItems: 'center', gap: 10, fontSize: 14 }}
          >
            <span
              aria-hidden="true"
              style={{ width: 10, height: 10, borderRadius: 3, background: colorAt(index) }}
            />
            <span style={{ fontWeight: 580 }}>{assetId}</span>
            {isFrozen && <small className="warn">{i18n.t('not traded')}</small>}
            <span className="numeric flat" style={{ marginLeft: 'auto' }}>
              <Money value={value} />
            </span>
            <span className="numeric" style={{ minWidth: 58, textAlign: 'right' }}>
              {formatShare(shares[index] ?? percent)}
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}
