import { type KeyboardEvent, useEffect, useEffectEvent, useMemo, useState } from 'react'
import { displayedPrice, formatAwaitedPrice } from '../format/money.ts'
import { i18n } from '../i18n.ts'
import type { PriceChart } from './draw.ts'
import type { ChartMarks } from './marks.ts'
import type { MovableLine } from './moving.ts'
import { type Place, placesOf } from './places.ts'

type LineHandlesProps = {
  readonly chart: PriceChart
  readonly lines: readonly MovableLine[]
  /** Other lines, which have a name there only. */
  readonly names: ChartMarks['lines']
  readonly onMove: (id: string, price: string) => void
  /** The user has chosen where the line should be. */
  readonly onDrop: (id: string) => void
  readonly onReset: () => void
}

/** The room of a name with the space beside it, and that before the first one. */
const width = 124
const margin = 4

/** No handle is nearer to the edges of the prices, so that a line out of sight has one too. */
const edge = 12

/** The place of a name, and in which direction its line is out of sight. */
type NamePlace = Place & { readonly away: string | undefined }

/** Where the names of the lines stand, beside the scale of the prices, after every change of what the chart shows. */
function usePlaces(
  chart: PriceChart,
  lines: ChartMarks['lines'],
): readonly (NamePlace | undefined)[] {
  const [places, setPlaces] = useState<readonly (NamePlace | undefined)[]>([])
  const place = useEffectEvent(() => {
    if (chart.isGone()) return
    const { chart: view, prices } = chart
    const lowest = (view.panes()[0]?.getHeight() ?? 0) - edge
    const heights = lines.map(({ price }) => prices.priceToCoordinate(Number(price)) ?? -edge)
    const tops = heights.map((top) => Math.round(Math.max(edge, Math.min(lowest, top))))
    const awayOf = (top = 0) => (top < 0 ? '↑' : top > lowest + edge ? '↓' : undefined)
    const columns = Math.max(1, Math.floor((view.timeScale().width() - margin) / width))
    const next = placesOf(tops, { highest: edge, lowest, columns }).map(
      (found, index) => found && { ...found, away: awayOf(heights[index]) },
    )
    setPlaces((before) => (JSON.stringify(before) === JSON.stringify(next) ? before : next))
  })
  useEffect(() => {
    let frame: number | undefined
    // The chart calls it while it draws; its scale is known afterwards.
    const updateAllViews = () => {
      frame ??= requestAnimationFrame(() => {
        frame = undefined
        place()
      })
    }
    const watcher = { updateAllViews }
    chart.prices.attachPrimitive(watcher)
    return () => {
      if (frame !== undefined) cancelAnimationFrame(frame)
      if (!chart.isGone()) chart.prices.detachPrimitive(watcher)
    }
  }, [chart])
  useEffect(() => {
    const frame = requestAnimationFrame(() => place())
    return () => cancelAnimationFrame(frame)
  }, [lines])
  return places
}

/** A handle without room is out of sight until a key reaches it. */
const styleOf = (place: Place | undefined) =>
  place ? { top: place.top, left: margin + place.column * width } : { top: edge, left: margin }

/** The part of a price by which a key moves it. */
const steps: Readonly<Record<string, number>> = {
  ArrowUp: 0.001,
  ArrowDown: -0.001,
  PageUp: 0.01,
  PageDown: -0.01,
}

/** The focus of a handle that goes, such as that of an order which another one replaces, stays with the chart. */
const keepFocus = (handle: HTMLElement | null) => () => {
  if (handle !== null && document.activeElement === handle) {
    handle.closest<HTMLElement>('.price-chart')?.focus()
  }
}

/** Without it, the name would look like that of a line that is in sight. */
const Away = ({ place }: { place: NamePlace | undefined }) =>
  place?.away && <span aria-hidden="true">{place.away}</span>

type HandleProps = Omit<LineHandlesProps, 'lines' | 'names'> & {
  readonly line: MovableLine
  readonly place: NamePlace | undefined
}

function Handle({ chart, line, place, onMove, onDrop, onReset }: HandleProps) {
  const { id, kind, price, title, subject } = line
  const shown = formatAwaitedPrice(price, subject.alert?.changeBasisPoints != null)
  const moveTo = (next: number) => {
    if (next > 0) onMove(id, displayedPrice(next.toFixed(12)))
  }
  const drag = (handle: HTMLElement, clientY: number) => {
    const from = handle.parentElement?.getBoundingClientRect().top ?? 0
    moveTo(chart.prices.coordinateToPrice(clientY - from) ?? 0)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = steps[event.key]
    if (step !== undefined) moveTo(Number(price) * (1 + step))
    else if (event.key === 'Enter') onDrop(id)
    else if (event.key === 'Escape') onReset()
    else return
    event.preventDefault()
    // The chart has keys of its own.
    event.stopPropagation()
  }
  return (
    <div
      ref={keepFocus}
      role="slider"
      tabIndex={0}
      className="line-handle"
      data-kind={kind}
      data-full={!place || undefined}
      style={styleOf(place)}
      title={i18n.t('{line} {price}: drag it, or move it with the arrow keys and press Enter', {
        line: title,
        price: shown,
      })}
      aria-label={title}
      aria-orientation="vertical"
      aria-valuemin={0}
      aria-valuemax={1_000_000_000}
      aria-valuenow={Number(price)}
      aria-valuetext={shown}
      onPointerDown={({ currentTarget, pointerId }) => currentTarget.setPointerCapture(pointerId)}
      onPointerMove={({ currentTarget, pointerId, clientY }) => {
        if (currentTarget.hasPointerCapture(pointerId)) drag(currentTarget, clientY)
      }}
      onPointerUp={() => onDrop(id)}
      onPointerCancel={onReset}
      onKeyDown={onKeyDown}
    >
      {title}
      <Away place={place} />
    </div>
  )
}

/** A handle at each line that can be moved, for the pointer and for keys, and the name of every other one. */
export function LineHandles({ chart, lines, names, onMove, onDrop, onReset }: LineHandlesProps) {
  const acts = { onMove, onDrop, onReset }
  const all = useMemo(() => [...lines, ...names], [lines, names])
  const places = usePlaces(chart, all)
  return (
    <div className="line-handles">
      {lines.map((line, index) => (
        <Handle key={line.id} chart={chart} line={line} place={places[index]} {...acts} />
      ))}
      {names.map(({ id, kind, title }, index) => (
        <span
          key={id}
          aria-hidden="true"
          className="line-name"
          data-kind={kind}
          data-full={!places[lines.length + index] || undefined}
          style={styleOf(places[lines.length + index])}
        >
          {title}
          <Away place={places[lines.length + index]} />
        </span>
      ))}
    </div>
  )
}
