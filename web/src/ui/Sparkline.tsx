import { i18n } from '../i18n.ts'

const width = 108
const height = 32

/** A sparkline. The figures beside it contain the same information for screen readers. */
export function Sparkline({ prices }: { prices: readonly string[] }) {
  if (prices.length < 2) return <span className="flat">–</span>
  const values = prices.map(Number)
  const low = Math.min(...values)
  const span = Math.max(...values) - low || 1
  const points = values.map((value, index) => {
    const x = (index / (values.length - 1)) * width
    const y = height - 3 - ((value - low) / span) * (height - 6)
    return `${x.toFixed(1)},${y.toFixed(1)}`
  })
  const isUp = (values.at(-1) ?? 0) >= (values[0] ?? 0)
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={isUp ? i18n.t('Seven-day trend: up') : i18n.t('Seven-day trend: down')}
      className={`sparkline ${isUp ? 'up' : 'down'}`}
    >
      <polygon
        points={`0,${height} ${points.join(' ')} ${width},${height}`}
        fill="currentColor"
        opacity="0.09"
      />
      <polyline
        points={points.join(' ')}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.6"
        strokeLinejoin="round"
      />
    </svg>
  )
}
