import { i18n } from '../i18n.ts'

/** The indicators that a chart can have, with the numbers that they are set by. */
export const kinds = {
  ma: {
    label: i18n.t('Moving average'),
    short: 'MA',
    numbers: [
      {
        label: i18n.t('Candles'),
        initial: 20,
        choices: [5, 7, 9, 10, 14, 20, 21, 30, 50, 100, 200],
      },
    ],
  },
  ema: {
    label: i18n.t('Exponential moving average'),
    short: 'EMA',
    numbers: [
      {
        label: i18n.t('Candles'),
        initial: 50,
        choices: [5, 7, 9, 10, 12, 20, 21, 26, 50, 100, 200],
      },
    ],
  },
  bollinger: {
    label: i18n.t('Bollinger bands'),
    short: i18n.t('Bands'),
    numbers: [
      { label: i18n.t('Candles'), initial: 20, choices: [10, 20, 50] },
      { label: i18n.t('Deviations'), initial: 2, choices: [1, 1.5, 2, 2.5, 3] },
    ],
  },
  rsi: {
    label: i18n.t('Relative strength index'),
    short: 'RSI',
    numbers: [{ label: i18n.t('Candles'), initial: 14, choices: [7, 9, 14, 21] }],
  },
  macd: {
    label: i18n.t('Moving average convergence divergence'),
    short: 'MACD',
    numbers: [
      { label: i18n.t('Fast'), initial: 12, choices: [5, 8, 12] },
      { label: i18n.t('Slow'), initial: 26, choices: [17, 21, 26, 35] },
      { label: i18n.t('Signal'), initial: 9, choices: [5, 9, 12] },
    ],
  },
} as const satisfies Readonly<Record<string, Kind>>

type Kind = {
  readonly label: string
  readonly short: string
  readonly numbers: readonly {
    readonly label: string
    readonly initial: number
    readonly choices: readonly number[]
  }[]
}

export type IndicatorName = keyof typeof kinds

export const indicatorNames = Object.keys(kinds) as readonly IndicatorName[]

export const kindOf = (name: IndicatorName): Kind => kinds[name]

export type Indicator = { readonly isOn: boolean; readonly numbers: readonly number[] }

export type Indicators = Readonly<Record<IndicatorName, Indicator>>

/** Each that is not understood is off, and each number that cannot be chosen is the usual one. */
function readIndicator(stored: unknown, name: IndicatorName): Indicator {
  const { isOn, numbers } = Object(stored) as Partial<Record<keyof Indicator, unknown>>
  const given: readonly unknown[] = Array.isArray(numbers) ? numbers : []
  return {
    isOn: isOn === true,
    numbers: kindOf(name).numbers.map(
      ({ choices, initial }, place) => choices.find((choice) => choice === given[place]) ?? initial,
    ),
  }
}

export function readIndicators(stored: unknown): Indicators {
  const each = Object(stored) as Partial<Record<IndicatorName, unknown>>
  const of = (name: IndicatorName) => readIndicator(each[name], name)
  return {
    ma: of('ma'),
    ema: of('ema'),
    bollinger: of('bollinger'),
    rsi: of('rsi'),
    macd: of('macd'),
  }
}

export const isAnyOn = (indicators: Indicators): boolean =>
  indicatorNames.some((name) => indicators[name].isOn)

/** How many panes of their own the indicators take below the prices. */
export const ownPanes = ({ rsi, macd }: Indicators): number =>
  [rsi, macd].filter(({ isOn }) => isOn).length
