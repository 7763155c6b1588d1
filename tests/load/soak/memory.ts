import { performance } from 'node:perf_hooks'

export interface MemoryPoint {
  readonly minutes: number
  readonly mb: number
}

/** Samples a size at a fixed interval. */
export function watchMemory(readMb: () => number, everyMs: number) {
  const startedAt = performance.now()
  const points: MemoryPoint[] = []
  const read = (): void => {
    points.push({ minutes: (performance.now() - startedAt) / 60_000, mb: readMb() })
  }
  read()
  const timer = setInterval(read, everyMs).unref()
  return {
    stop: (): readonly MemoryPoint[] => {
      clearInterval(timer)
      read()
      return points
    },
  }
}

/** The slope of the least-squares line through all points, in megabytes per minute. */
export function slopeOf(points: readonly MemoryPoint[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length
  const middle = mean(points.map(({ minutes }) => minutes))
  const level = mean(points.map(({ mb }) => mb))
  let [rise, spread] = [0, 0]
  for (const { minutes, mb } of points) {
    rise += (minutes - middle) * (mb - level)
    spread += (minutes - middle) ** 2
  }
  return spread === 0 ? 0 : rise / spread
}
