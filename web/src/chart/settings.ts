import { useLocalStorage } from '@mantine/hooks'
import { intervals, ranges, type Stretch, withRange } from './candles.ts'
import { type Indicators, readIndicators } from './indicator-kinds.ts'
import type { Zone } from './time.ts'

export type ChartSettings = Stretch & {
  readonly isLog: boolean
  readonly zone: Zone
  readonly indicators: Indicators
}

export const defaults: ChartSettings = {
  range: 'DAY',
  interval: '5m',
  isLog: false,
  zone: 'LOCAL',
  indicators: readIndicators(null),
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null')
  } catch {
    return null
  }
}

function stretchOf({ range, interval }: Readonly<Record<string, unknown>>): Stretch {
  const { value } = ranges.find((one) => one.value === range) ?? { value: defaults.range }
  const known = intervals.find((one) => one.value === interval)
  return withRange({ range: value, interval: known?.value ?? defaults.interval }, value)
}

/** Stored settings may be of another version, or of another hand: each that is not understood is the default. */
export function readSettings(text: string | undefined): ChartSettings {
  const stored = parse(text)
  if (!isObject(stored)) return defaults
  return {
    ...stretchOf(stored),
    isLog: stored['isLog'] === true,
    zone: stored['zone'] === 'UTC' ? 'UTC' : 'LOCAL',
    indicators: readIndicators(stored['indicators']),
  }
}

/** The settings of every chart of prices, which this browser remembers. */
export function useChartSettings() {
  const [settings, set] = useLocalStorage<ChartSettings>({
    key: 'cnop-chart',
    defaultValue: defaults,
    getInitialValueInEffect: false,
    deserialize: readSettings,
  })
  const change = (changed: Partial<ChartSettings>) => set((before) => ({ ...before, ...changed }))
  return [settings, change] as const
}
