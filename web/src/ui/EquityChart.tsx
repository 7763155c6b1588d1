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

const isEquity = (value: unknown): value is ShownEquity =>
  typeof value === 'object' && value !== null && 'invested' in value

function Tip({ active, payload, formatMoment }: TipProps) {
  const point = payload?.[0]?.payload
  if (!active || !isEquity(point)) return null
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

/** The value of a portfolio as an area, and a dashed line for the amount paid in. Its label describes both. */
export function EquityChart(props: EquityChartProps) {
  const { points, hasBase, label, height, areHidden, formatTime, ticks, formatMoment } = props
  const data = points.map((point) => ({
    ...point,
    atMs: Date.parse(point.at),
    value: Number(point.total),
    base: Number(point.invested),
  }))
  const formatValue = axisFormat(data.flatMap(({ value, base }) => [value, base]))
  return (
    <div role="img" aria-label={label}>
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
    </div>
  )
}
