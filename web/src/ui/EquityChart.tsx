import { createContext, memo, use, useState } from 'react'
import { Area, ComposedChart, getNiceTickValues, Line, Tooltip, XAxis, YAxis } from 'recharts'
import { locale } from '../format/locale.ts'
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

const ticksOfAxis = 5

const dollars = (digits: number, more: Intl.NumberFormatOptions = {}) =>
  new Intl.NumberFormat(locale, {
    ...{ style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol' },
    ...{ minimumFractionDigits: digits, maximumFractionDigits: digits },
    ...more,
  })

const exact = dollars(0, { notation: 'compact', maximumFractionDigits: 20 })

/** The decimals of a value in thousands, or what the language counts in; undefined where it is not that large. */
function compactDecimals(value: number): number | undefined {
  const parts = exact.formatToParts(value)
  if (value !== 0 && !parts.some(({ type }) => type === 'compact')) return undefined
  return parts.find(({ type }) => type === 'fraction')?.value.length ?? 0
}

/** Formats the values of an axis alike and exactly: compact where two decimals are enough for all of them. */
function axisFormat(ticks: readonly number[]): (value: number) => string {
  const decimals = ticks.map(compactDecimals)
  const most = Math.max(0, ...decimals.map((each) => each ?? Infinity))
  const format =
    most <= 2
      ? dollars(most, { notation: 'compact' })
      : dollars(ticks.every(Number.isInteger) ? 0 : 2)
  return (value) => format.format(value)
}

/** Evenly spaced values around those that are shown. */
function axisOf(values: readonly number[]): readonly number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  return getNiceTickValues([low, high], ticksOfAxis)
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
  const axis = axisOf(data.flatMap(({ value, base }) => (hasBase ? [value, base] : [value])))
  const formatValue = axisFormat(axis)
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
        domain={[axis[0] ?? 0, axis.at(-1) ?? 0]}
        ticks={[...axis]}
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
