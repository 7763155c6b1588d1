import { pathToFileURL } from 'node:url'
import {
  annualise,
  linkReturns,
  maximumDrawdown,
  moneyWeightedReturn,
  type Period,
  periodReturn,
  volatilityOf,
  yearMs,
} from '@cnop/user/returns'
import { print } from '../report.ts'

/** A worked example that somebody published. */
export interface WorkedExample {
  readonly name: string
  readonly source: string
  /** The figure as it was published: ours is rounded to as many digits. */
  readonly published: string
  /** In per cent where the published figure has a percent sign. */
  readonly ours: () => number | undefined
}

const at = (date: string): number => Date.parse(date)

/** A time between two valuations; what comes in or goes out does so on its first day. */
const spell = (startValue: number, paid: number, endValue: number): Period => ({
  ...{ startMs: 0, endMs: 1, startValue, endValue },
  flows: paid === 0 ? [] : [{ atMs: 0, amount: paid }],
})

const link = (...periods: readonly Period[]): number =>
  linkReturns(periods.map((period) => periodReturn(period) ?? NaN))

const xirr = (period: Period): number =>
  annualise(moneyWeightedReturn(period) ?? NaN, period.endMs - period.startMs)

const fall = (...levels: readonly number[]): number =>
  -(maximumDrawdown(levels.map((level, atMs) => ({ level, atMs })))?.share ?? 0)

/** Shares at 50 $, of which half are sold at 50 $ after a year; the others pay 5 $ each and are sold at 80 $ a year later. */
const soldShares: Period = {
  ...{ startMs: 0, endMs: 2 * yearMs, startValue: 200, endValue: 170 },
  flows: [{ atMs: yearMs, amount: -100 }],
}

/** 50 $ come in after the first of two years. */
const dietz: Period = {
  ...{ startMs: 0, endMs: 2 * yearMs, startValue: 100, endValue: 300 },
  flows: [{ atMs: yearMs, amount: 50 }],
}

export const examples: readonly WorkedExample[] = [
  {
    name: 'XIRR of five payments',
    source: 'Microsoft Support, "XIRR function"',
    // The page also has 0.373362535: its last digits are beyond the accuracy of 0.000001 % that it promises.
    published: '37.34 %',
    ours: () =>
      xirr({
        ...{ startMs: at('2008-01-01'), endMs: at('2009-04-01') },
        ...{ startValue: 10_000, endValue: 2_750 },
        flows: [
          { atMs: at('2008-03-01'), amount: -2_750 },
          { atMs: at('2008-10-30'), amount: -4_250 },
          { atMs: at('2009-02-15'), amount: -3_250 },
        ],
      }),
  },
  {
    name: 'time-weighted, first part',
    source: 'Investopedia, "Time-Weighted Rate of Return"',
    published: '16.25 %',
    ours: () => periodReturn(spell(1_000_000, 0, 1_162_484)),
  },
  {
    name: 'time-weighted, second part',
    source: 'Investopedia, "Time-Weighted Rate of Return"',
    published: '-5.56 %',
    ours: () => periodReturn(spell(1_162_484, 100_000, 1_192_328)),
  },
  {
    name: 'time-weighted, with a payment',
    source: 'Investopedia, "Time-Weighted Rate of Return"',
    published: '9.79 %',
    ours: () => link(spell(1_000_000, 0, 1_162_484), spell(1_162_484, 100_000, 1_192_328)),
  },
  {
    name: 'time-weighted, in and out',
    source: 'MathCelebrity, "Time Weighted Rate of Interest"',
    published: '18.78 %',
    ours: () =>
      link(
        spell(100_000, 0, 112_000),
        spell(112_000, 30_000, 125_000),
        spell(125_000, -42_000, 100_000),
      ),
  },
  {
    name: 'time-weighted, a year',
    source: 'theanalystspace.com, question on four shares of which two are sold',
    published: '30.38 %',
    ours: () => annualise(link(spell(200, 0, 200), spell(200, -100, 170)), 2 * yearMs),
  },
  {
    name: 'money-weighted, a year',
    source: 'theanalystspace.com, question on four shares of which two are sold',
    published: '20.52 %',
    ours: () => xirr(soldShares),
  },
  {
    name: 'modified Dietz, two years',
    source: 'Wikipedia, "Modified Dietz method"',
    published: '120.00 %',
    ours: () => periodReturn(dietz),
  },
  {
    name: 'maximum drawdown, two falls',
    source: 'Investopedia, "Maximum Drawdown (MDD)"',
    published: '-53.33 %',
    ours: () => fall(500_000, 750_000, 400_000, 600_000, 350_000, 800_000),
  },
  {
    name: 'maximum drawdown, a later peak',
    source: 'trading.live, "Max Drawdown"',
    published: '-46.67 %',
    ours: () => fall(100_000, 150_000, 90_000, 120_000, 80_000, 200_000),
  },
  {
    name: 'standard deviation of a sample',
    source: 'Microsoft Support, "STDEV.S function"',
    published: '27.46391572',
    ours: () => volatilityOf([1345, 1301, 1368, 1322, 1310, 1370, 1318, 1350, 1303, 1299], 1),
  },
  {
    name: 'volatility, 1 % a day',
    source: 'Wikipedia, "Volatility (finance)"',
    published: '15.87 %',
    // Two returns whose sample deviation is 1 %.
    ours: () => volatilityOf([0.01 * Math.SQRT1_2, -0.01 * Math.SQRT1_2], 252),
  },
]

/** Our figure in the digits of the published one. */
export function inDigitsOf({ published, ours }: WorkedExample): string {
  const [, digits = ''] = /\.(\d+)/.exec(published) ?? []
  const isPercent = published.endsWith('%')
  const value = (ours() ?? NaN) * (isPercent ? 100 : 1)
  return `${value.toFixed(digits.length)}${isPercent ? ' %' : ''}`
}

/** Prints each example; returns whether all agree. */
export function checkExamples(
  all: readonly WorkedExample[],
  printLine: (line: string) => void,
): boolean {
  const width = Math.max(...all.map(({ name }) => name.length))
  const results = all.map((example) => {
    const ours = inDigitsOf(example)
    const isSame = ours === example.published
    const [name, published] = [example.name.padEnd(width), example.published.padStart(12)]
    const verdict = isSame ? 'same' : 'DIFFERENT'
    printLine(
      `${name}  published ${published}  ours ${ours.padStart(12)}  ${verdict}  ${example.source}`,
    )
    return isSame
  })
  return results.every(Boolean)
}

/** `npm run performance:check`: published worked examples of returns and risk, and our figures beside them; exits with 1 on a difference. */
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (!checkExamples(examples, print)) process.exitCode = 1
}
