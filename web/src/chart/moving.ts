import { useMemo, useState } from 'react'
import {
  type Alert,
  alertTitle,
  type ChartMarks,
  linesOf,
  type Mine,
  type OpenOrder,
} from './marks.ts'

/** What is changed when a line has been moved. */
export type LineSubject =
  | { readonly alert: Alert; readonly order?: undefined }
  | {
      readonly alert?: undefined
      readonly order: OpenOrder
      readonly field: 'limitPrice' | 'stopPrice'
    }

export type MovableLine = ChartMarks['lines'][number] & { readonly subject: LineSubject }

/** The most lines that have a handle: those at one price stand beside each other. */
const mostHandles = 12

/** The lines of limit and stop prices and of alerts. The stop of a trailing order follows the market by itself. */
function movableOf({ open, alerts }: Mine): readonly MovableLine[] {
  const ofOrders = open.flatMap((order) =>
    linesOf(order)
      .filter(({ field }) => field === 'limitPrice' || order.type !== 'TRAILING_STOP')
      .map(({ field, ...line }) => ({ ...line, subject: { order, field } })),
  )
  const ofAlerts = alerts.map((alert) => {
    const { id, price } = alert
    return { id, kind: 'ALERT' as const, price, title: alertTitle(alert), subject: { alert } }
  })
  return [...ofOrders, ...ofAlerts].slice(0, mostHandles)
}

type Moved = { readonly id: string; readonly price: string; readonly isDropped: boolean }

/** The lines with the moved one where it is now. */
const atMoved = <Line extends { readonly id: string; readonly price: string }>(
  lines: readonly Line[],
  moved: Moved | undefined,
): readonly Line[] =>
  moved ? lines.map((one) => (one.id === moved.id ? { ...one, price: moved.price } : one)) : lines

/** The lines of a chart that are being moved, and the one that its user has put somewhere. */
export function useMoving(mine: Mine, marks: ChartMarks) {
  const [moved, setMoved] = useState<Moved>()
  const fixed = useMemo(() => movableOf(mine), [mine])
  const lines = useMemo(() => atMoved(fixed, moved), [fixed, moved])
  const shown = useMemo(() => ({ ...marks, lines: atMoved(marks.lines, moved) }), [marks, moved])
  const names = useMemo(() => {
    const handles = new Set(fixed.map(({ id }) => id))
    return marks.lines.filter(({ id }) => !handles.has(id))
  }, [marks, fixed])
  const line = fixed.find(({ id }) => id === moved?.id)
  const isOther = line !== undefined && line.price !== moved?.price
  return {
    lines,
    /** The lines that cannot be moved. */
    names,
    /** The marks with the moved line in place of its own. */
    marks: shown,
    dropped: moved?.isDropped && isOther ? { line, price: moved.price } : undefined,
    onMove: (id: string, price: string) => setMoved({ id, price, isDropped: false }),
    onDrop: (id: string) =>
      setMoved((before) => (before?.id === id ? { ...before, isDropped: true } : before)),
    onReset: () => setMoved(undefined),
  }
}

export type Moving = ReturnType<typeof useMoving>
