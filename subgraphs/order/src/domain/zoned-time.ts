const nameShape = /^[A-Za-z][A-Za-z0-9_+\-/]{0,63}$/

/** Names may differ in case, so what is kept for them is bounded. */
const mostFormats = 1_000
const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known) return known
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  if (formats.size >= mostFormats) formats.clear()
  formats.set(zone, format)
  return format
}

/** Whether a text names a time zone of the IANA database. */
export function isTimeZone(zone: string): boolean {
  // Intl accepts offsets such as +01:00 as well, which have no rules of their own.
  if (!nameShape.test(zone)) return false
  try {
    formatOf(zone)
    return true
  } catch {
    return false
  }
}

/** What clocks in a zone show at an instant, as milliseconds of a UTC clock that shows the same; whole seconds. */
export function wallClock(zone: string, ms: number): number {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, parseInt(value, 10)] as const),
  )
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0
  return Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  )
}

/** The calendar day in a zone at an instant, YYYY-MM-DD. */
export const localDate = (zone: string, ms: number): string =>
  new Date(wallClock(zone, ms)).toISOString().slice(0, 10)

const dayMs = 86_400_000
const secondMs = 1_000

export interface LocalTime {
  /** YYYY-MM-DD */
  readonly date: string
  /** HH:MM */
  readonly time: string
  readonly timeZone: string
}

export interface ZonedInstant {
  readonly ms: number
  /** Clocks skip the local time: the instant is the first one after the gap. */
  readonly isMoved: boolean
}

/**
 * The instant of a local time. Of a time that occurs twice, because clocks are set back, it is the first. For one that does not exist,
 * because clocks are set forward, it is the first valid instant after it.
 */
export function instantOf({ date, time, timeZone }: LocalTime): ZonedInstant {
  const wanted = Date.parse(`${date}T${time}:00Z`)
  // The offsets on both sides of any change of the clock near this time.
  const offsets = [wanted - dayMs, wanted + dayMs].map((ms) => wallClock(timeZone, ms) - ms)
  const instants = offsets.map((offset) => wanted - offset)
  const exact = instants.filter((ms) => wallClock(timeZone, ms) === wanted)
  if (exact.length > 0) return { ms: Math.min(...exact), isMoved: false }
  return { ms: endOfGap(timeZone, wanted, instants), isMoved: true }
}

/** The first second, between two instants around a gap, at which clocks show the wanted time or later. */
function endOfGap(zone: string, wanted: number, around: readonly number[]): number {
  let before = Math.min(...around)
  let after = Math.max(...around)
  while (after - before > secondMs) {
    const middle = before + Math.floor((after - before) / 2 / secondMs) * secondMs
    if (wallClock(zone, middle) >= wanted) after = middle
    else before = middle
  }
  return after
}
