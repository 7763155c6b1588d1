import { Trans } from '@lingui/react'
import { Anchor, Text } from '@mantine/core'
import {
  type CSSProperties,
  type KeyboardEvent,
  Suspense,
  useCallback,
  useEffect,
  useId,
  useMemo,
  useState,
} from 'react'
import { lazily } from '../api/lazily.ts'
import { i18n } from '../i18n.ts'
import { useShownScheme } from '../ui/color-scheme.ts'
import { ChartPoint, pointWords } from './ChartPoint.tsx'
import type { Candle } from './candles.ts'
import { type Compared, type Drawn, openPriceChart, type PriceChart, timeOf } from './draw.ts'
import { LineHandles } from './LineHandles.tsx'
import type { ChartMarks } from './marks.ts'
import { isAnyOn, ownPanes } from './indicator-kinds.ts'
import { createMoves, type Moves } from './moves.ts'
import type { Moving } from './moving.ts'
import type { ChartSettings } from './settings.ts'
import { createTimeFormat, type TimeFormat, zoneName, zoneWords } from './time.ts'

const Indicators = lazily(async () => (await import('./Indicators.tsx')).Indicators)

type CandleChartProps = {
  readonly drawn: Drawn
  readonly marks: ChartMarks
  readonly moving: Moving
  readonly compared: Compared
  readonly settings: ChartSettings
  /** The chart as a sentence. */
  readonly label: string
  /** Called with the chart, and with nothing when it is gone. */
  readonly onChart: (chart: PriceChart | undefined) => void
}

/** Draws what has changed since the last time. */
function useDrawing(chart: PriceChart | undefined, times: TimeFormat, props: CandleChartProps) {
  const { drawn, marks, compared, settings } = props
  const scheme = useShownScheme()
  const scale = compared ? 'PERCENT' : settings.isLog ? 'LOG' : 'NORMAL'
  useEffect(() => chart?.setScale(scale), [chart, scale])
  useEffect(() => chart?.setTimes(times), [chart, times])
  useEffect(() => chart?.setCandles(drawn), [chart, drawn])
  useEffect(() => chart?.setMarks(marks), [chart, marks])
  useEffect(() => chart?.setCompared(compared), [chart, compared])
  useEffect(() => chart?.refreshLook(), [chart, scheme])
}

type Sight = {
  /** The candles that are drawn, those of earlier reads included. */
  readonly candles: readonly Candle[]
  /** The time under the crosshair, in seconds. */
  readonly at: number | undefined
  /** The places of the first and last candle in sight. */
  readonly from: number
  readonly to: number
}

const nothing: Sight = { candles: [], at: undefined, from: 0, to: -1 }

/** What a user sees of a chart: it changes with the crosshair, with zooming and with the market. */
function useSight(chart: PriceChart | undefined) {
  const [sight, setSight] = useState(nothing)
  useEffect(() => {
    if (!chart) return undefined
    const { chart: view, candles, onDrawn } = chart
    const look = () => {
      const range = view.timeScale().getVisibleLogicalRange()
      const last = candles().length - 1
      setSight((before) => ({
        ...before,
        candles: candles(),
        from: Math.max(0, Math.ceil(range?.from ?? 0)),
        to: Math.min(last, Math.floor(range?.to ?? last)),
      }))
    }
    const point = ({ time }: { time?: unknown }) =>
      setSight((before) => ({ ...before, at: time === undefined ? undefined : Number(time) }))
    view.subscribeCrosshairMove(point)
    view.timeScale().subscribeVisibleLogicalRangeChange(look)
    const stop = onDrawn(look)
    look()
    return () => {
      stop()
      view.unsubscribeCrosshairMove(point)
      view.timeScale().unsubscribeVisibleLogicalRangeChange(look)
    }
  }, [chart])
  /** The chart reports where a pointer has put the crosshair, but not where a key has. */
  const pointAt = (candle: Candle | undefined) =>
    setSight((before) => ({ ...before, at: candle && timeOf(candle) }))
  return { sight, pointAt }
}

/** "288 candles, 21 Nov 2026, 12:00 to 22 Nov 2026, 11:55" */
function sightWords({ candles, from, to }: Sight, times: TimeFormat): string {
  const [first, last] = [candles[from], candles[to]]
  if (!first || !last) return ''
  return i18n.t('{count, plural, one {# candle} other {# candles}}, {from} to {to}', {
    count: to - from + 1,
    from: times.full(timeOf(first)),
    to: times.full(timeOf(last)),
  })
}

const farStep = 10

/** What the keys do; undefined for one that does nothing. The result is the candle that was reached. */
function actOf(
  moves: Moves,
  { key, shiftKey }: KeyboardEvent,
): (() => Candle | undefined) | undefined {
  const by = shiftKey ? farStep : 1
  const quietly = (act: () => void) => () => {
    act()
    return undefined
  }
  const acts: Readonly<Record<string, () => Candle | undefined>> = {
    ArrowLeft: () => moves.step(-by),
    ArrowRight: () => moves.step(by),
    Home: () => moves.step(-Infinity),
    End: () => moves.step(Infinity),
    '+': quietly(() => moves.zoom(0.5)),
    '=': quietly(() => moves.zoom(0.5)),
    '-': quietly(() => moves.zoom(2)),
    '0': quietly(moves.fit),
  }
  return acts[key]
}

function Attribution() {
  return (
    <span>
      <Trans
        id="Chart by <0>TradingView</0>"
        components={{
          0: (
            <Anchor
              href="https://www.tradingview.com/"
              rel="noopener noreferrer"
              target="_blank"
              underline="always"
              c="dimmed"
              fz="inherit"
            />
          ),
        }}
      />
    </span>
  )
}

/** Prices as candles with volumes below. It has a description, a legend that follows the crosshair, and keys. */
export function CandleChart(props: CandleChartProps) {
  const { label, settings, onChart, drawn, compared } = props
  const { interval } = drawn
  const [chart, setChart] = useState<PriceChart>()
  const open = useCallback(
    (box: HTMLDivElement) => {
      const opened = openPriceChart(box)
      setChart(opened)
      onChart(opened)
      return () => {
        setChart(undefined)
        onChart(undefined)
        opened.remove()
      }
    },
    [onChart],
  )
  const zone = zoneName(settings.zone)
  const times = useMemo(() => createTimeFormat(zone, interval), [zone, interval])
  useDrawing(chart, times, props)
  const { sight, pointAt } = useSight(chart)
  const moves = useMemo(() => chart && createMoves(chart), [chart])
  const [said, setSaid] = useState('')
  const helpId = useId()
  const isPointed = (candle: Candle) => timeOf(candle) === sight.at
  // The last candle is that of this very tick.
  const pointed = drawn.candles.find(isPointed) ?? sight.candles.find(isPointed)
  const shown = pointed ?? drawn.candles.at(-1)
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') leave()
    const act = moves && !event.ctrlKey && !event.metaKey ? actOf(moves, event) : undefined
    if (!act) return
    event.preventDefault()
    const reached = act()
    pointAt(reached)
    if (reached) setSaid(pointWords(reached, times))
  }
  const leave = () => {
    moves?.leave()
    pointAt(undefined)
  }
  return (
    <>
      <ChartPoint candle={shown} times={times} compared={compared}>
        {chart && isAnyOn(settings.indicators) && (
          <Suspense>
            <Indicators chart={chart} settings={settings.indicators} candle={shown} />
          </Suspense>
        )}
      </ChartPoint>
      <div
        role="application"
        aria-roledescription={i18n.t('chart')}
        aria-label={label}
        aria-describedby={helpId}
        // The keys are for whoever has no pointer.
        tabIndex={0}
        className="price-chart"
        style={{ '--panes': ownPanes(settings.indicators) } as CSSProperties}
        onKeyDown={onKeyDown}
        onBlur={leave}
      >
        <div ref={open} className="price-chart-box" aria-hidden="true" />
        {chart && <LineHandles chart={chart} {...props.moving} />}
      </div>
      <span id={helpId} className="visually-hidden">
        {i18n.t(
          'Left and right arrow keys go from candle to candle, plus and minus zoom, zero shows the whole range.',
        )}
      </span>
      <span className="visually-hidden" aria-live="polite">
        {said}
      </span>
      <Text size="xs" c="dimmed" component="div" className="chart-foot">
        <span className="numeric">
          {i18n.t('{candles}. {zone}.', {
            candles: sightWords(sight, times),
            zone: zoneWords(zone, interval),
          })}
        </span>
        <Attribution />
      </Text>
    </>
  )
}
