import { BollingerBands, EMA, MACD, RSI, SMA } from 'trading-signals'
import { i18n } from '../i18n.ts'
import { type IndicatorName, type Indicators, indicatorNames, kinds } from './indicator-kinds.ts'

/** One line of an indicator: a value for each candle; null where there are too few candles before it. */
export type IndicatorLine = {
  /** The indicator: "MA 20". */
  readonly name: string
  /** Which of its lines this is, where it has several. */
  readonly part: string
  readonly pane: 'PRICE' | 'RSI' | 'MACD'
  readonly shape: 'LINE' | 'BARS'
  readonly colour: 'orange' | 'blue' | 'grape' | 'teal'
  readonly values: readonly (number | null)[]
}

type Compute = (closes: readonly number[], numbers: readonly number[]) => readonly IndicatorLine[]

const nameOf = (name: IndicatorName, numbers: readonly number[]): string =>
  `${kinds[name].short} ${numbers.join(' ')}`

const bandNames = {
  upper: i18n.t('upper'),
  middle: i18n.t('middle'),
  lower: i18n.t('lower'),
} as const

const computes: Readonly<Record<IndicatorName, Compute>> = {
  ma: (closes, [count = 0]) => [
    {
      name: nameOf('ma', [count]),
      part: '',
      pane: 'PRICE',
      shape: 'LINE',
      colour: 'orange',
      values: new SMA(count).updates(closes),
    },
  ],
  ema: (closes, [count = 0]) => [
    {
      name: nameOf('ema', [count]),
      part: '',
      pane: 'PRICE',
      shape: 'LINE',
      colour: 'blue',
      values: new EMA(count).updates(closes),
    },
  ],
  bollinger: (closes, numbers) => {
    const [count = 0, deviations = 0] = numbers
    const bands = new BollingerBands(count, deviations).updates(closes)
    return (['upper', 'middle', 'lower'] as const).map((band) => ({
      name: nameOf('bollinger', numbers),
      part: bandNames[band],
      pane: 'PRICE',
      shape: 'LINE',
      colour: 'grape',
      values: bands.map((each) => each?.[band] ?? null),
    }))
  },
  rsi: (closes, [count = 0]) => [
    {
      name: nameOf('rsi', [count]),
      part: '',
      pane: 'RSI',
      shape: 'LINE',
      colour: 'teal',
      values: new RSI(count).updates(closes),
    },
  ],
  macd: (closes, numbers) => {
    const [fast = 0, slow = 0, signal = 0] = numbers
    const each = new MACD(new EMA(fast), new EMA(slow), new EMA(signal)).updates(closes)
    const line = { name: nameOf('macd', numbers), pane: 'MACD' } as const
    return [
      {
        ...line,
        part: i18n.t('histogram'),
        shape: 'BARS',
        colour: 'teal',
        values: each.map((one) => one?.histogram ?? null),
      },
      {
        ...line,
        part: i18n.t('line'),
        shape: 'LINE',
        colour: 'blue',
        values: each.map((one) => one?.macd ?? null),
      },
      {
        ...line,
        part: i18n.t('signal'),
        shape: 'LINE',
        colour: 'orange',
        values: each.map((one) => one?.signal ?? null),
      },
    ]
  },
}

/** The lines of the indicators that are on, from closing prices, oldest first. */
export const computeLines = (
  closes: readonly number[],
  indicators: Indicators,
): readonly IndicatorLine[] =>
  indicatorNames
    .filter((name) => indicators[name].isOn)
    .flatMap((name) => computes[name](closes, indicators[name].numbers))
