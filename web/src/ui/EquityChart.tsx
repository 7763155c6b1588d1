import { createContext, memo, use, useState } from 'react'
import { Area, ComposedChart, Line, Tooltip, XAxis, YAxis } from 'recharts'
import { locale } from '../format/locale.ts'
import { formatCompactMoney } from '../format/money.ts'
import { i18n } from '../i18n.ts'
import { Money } from './Money.tsx'

export type ShownEquity = {
  readonly at: string
  readonly total: string
  readonly cash: string
  readonly holdings: string
  /** The total without profit or loss. */
  readonly invested: string
}

type EquityChartProps = {
  readonly points: readonly ShownEquity[]
  /** False where the amount paid in is the value throughout. */
  readonly hasBase: boolean
  readonly label: string
  readonly height: number
  readonly areHidden: boolean
  readonly formatTime: (iso: string) => string
  /** The times with a label, where the chart is not to choose them. */
  readonly ticks?: readonly number[] | undefined
  readonly formatMoment: (iso: string) => string
}

const tick = { fontSize: 12, fill: 'var(--mantine-color-dimmed)' }

const ticksOfAxis = 4
const cents = new Intl.NumberFormat(locale, {
  style: 'currency',
  currency: 'USD',
  currencyDisplay: 'narrowSymbol',
})
const dollars = new Intl.NumberFormat(locale, {
  style: 'currency',
  currency: 'USD',
  currencyDisplay: 'narrowSymbol',
  maximumFractionDigits: 0,
})

/** Formats the values of an axis so that adjacent labels differ: compact where the values allow it. */
function axisFormat(values: readonly number[]): (value: number) => string {
  const most = Math.max(1, ...values)
  const step = (most - Math.min(...values)) / ticksOfAxis
  const shortStep = 1_000 ** Math.floor(Math.log10(most) / 3) / 100
  if (step >= shortStep) return (value) => formatCompactMoney(String(value))
  return (value) => (step < 1 ? cents : dollars).format(value)
}

type TipProps = {
  readonly active?: boolean
  readonly payload?: readonly { readonly payload?: unknown }[]
  readonly formatMoment: (iso: string) => string
}

const hasPlace = (value: unknown): value is { readonly place: number } =>
  typeof value === 'object' && value !== null && 'place' in value

/** To the cent, whatever was drawn. */
const LatestPoints = createContext<readonly ShownEquity[]>([])

function Tip({ active, payload, formatMoment }: TipProps) {
  const points = use(LatestPoints)
  const drawn = payload?.[0]?.payload
  const point = active && hasPlace(drawn) ? points[drawn.place] : undefined
  if (!point) return null
  return (
    <div className="chart-tip">
      <strong>{formatMoment(point.at)}</strong>
      <span>
        {i18n.t('Total')} <Money value={point.total} />
      </span>
      <span className="flat">
        {i18n.t('Cash')} <Money value={point.cash} />
      </span>
      <span className="flat">
        {i18n.t('Assets')} <Money value={point.holdings} />
      </span>
    </div>
  )
}

/** Whether no point has moved by more than half a pixel. */
function looksAlike(
  one: readonly ShownEquity[],
  other: readonly ShownEquity[],
  height: number,
): boolean {
  if (one.length !== other.length) return false
  const values = one.flatMap(({ total, invested }) => [Number(total), Number(invested)])
  const leastSeen = (Math.max(...values) - Math.min(...values)) / height / 2
  const isNear = (a: string, b: string) => Math.abs(Number(a) - Number(b)) <= leastSeen
  return one.every(({ at, total, invested }, place) => {
    const point = other[place]
    return at === point?.at && isNear(total, point.total) && isNear(invested, point.invested)
  })
}

/** The value of a portfolio as an area, and a dashed line for the amount paid in. Its label describes both. */
export function EquityChart({ label, ...drawing }: EquityChartProps) {
  const { points, height } = drawing
  const [drawn, draw] = useState(points)
  // A price that ticks hardly moves the end of the line, and to draw it takes a slow machine a while.
  if (drawn !== points && !looksAlike(drawn, points, height)) draw(points)
  return (
    <div role="img" aria-label={label}>
      <LatestPoints value={points}>
        <Drawing {...drawing} points={drawn} />
      </LatestPoints>
    </div>
  )
}

const Drawing = memo(function Drawing(props: Omit<EquityChartProps, 'label'>) {
  const { points, hasBase, height, areHidden, formatTime, ticks, formatMoment } = props
  const data = points.map((point, place) => ({
    place,
    atMs: Date.parse(point.at),
    value: Number(point.total),
    base: Number(point.invested),
  }))
  const formatValue = axisFormat(data.flatMap(({ value, base }) => [value, base]))
  return (
    <ComposedChart
      responsive
      data={data}
      style={{ width: '100%', height }}
      margin={{ top: 8, right: 8, bottom: 0, left: 0 }}
      accessibilityLayer={false}
    >
      <XAxis
        dataKey="atMs"
        type="number"
        scale="time"
        domain={['dataMin', 'dataMax']}
        {...(ticks && { ticks })}
        tickFormatter={(atMs: number) => formatTime(new Date(atMs).toISOString())}
        tick={tick}
        tickLine={false}
        axisLine={false}
        minTickGap={48}
      />
      <YAxis
        domain={['auto', 'auto']}
        tickFormatter={(value: number) => (areHidden ? '••••' : formatValue(value))}
        tick={tick}
        tickLine={false}
        axisLine={false}
        width={78}
      />
      <Tooltip content={<Tip formatMoment={formatMoment} />} isAnimationActive={false} />
      <Area
        dataKey="value"
        type="linear"
        stroke="var(--mantine-color-anchor)"
        strokeWidth={2}
        fill="var(--mantine-color-anchor)"
        fillOpacity={0.12}
        baseValue="dataMin"
        isAnimationActive={false}
      />
      {hasBase && (
        <Line
          dataKey="base"
          type="linear"
          stroke="var(--mantine-color-dimmed)"
          strokeDasharray="4 4"
          dot={false}
          activeDot={false}
          isAnimationActive={false}
        />
      )}
    </ComposedChart>
  )
})
