import { toIso } from '@cnop/kit/clock'
import { subtractUsd, type Usd } from '@cnop/kit/money'
import type { computeBenchmark, Performance, Risk, Total } from './performance.ts'

/** In per cent with four decimal places, for display only. */
const percent = (share: number): number => Math.round(share * 1e6) / 1e4

const describeTotal = ({ total, annual }: Total) => ({
  percent: percent(total),
  annualPercent: annual === undefined ? null : percent(annual),
})

const describeRisk = ({ volatility, drawdown }: Risk) => ({
  volatilityPercent: volatility === undefined ? null : percent(volatility),
  maxDrawdown: drawdown
    ? { percent: percent(drawdown.share), from: toIso(drawdown.fromMs), to: toIso(drawdown.toMs) }
    : null,
})

/** A performance, and that of the asset it is compared with. */
export interface Compared extends Performance {
  readonly benchmark:
    { readonly assetId: string; readonly result: ReturnType<typeof computeBenchmark> } | undefined
}

/** A performance as its owner sees it. */
export function describePerformance(found: Compared) {
  const { startValue, endValue, putIn, timeWeighted, moneyWeighted, benchmark } = found
  const gain: Usd = subtractUsd(subtractUsd(endValue, startValue), putIn)
  return {
    since: found.sinceMs === undefined ? null : toIso(found.sinceMs),
    until: toIso(found.untilMs),
    ...{ startValue, endValue, paidIn: putIn, gain },
    timeWeighted: timeWeighted ? describeTotal(timeWeighted) : null,
    moneyWeighted: moneyWeighted ? describeTotal(moneyWeighted) : null,
    ...describeRisk(found.risk),
    benchmark: benchmark?.result
      ? {
          assetId: benchmark.assetId,
          return: describeTotal(benchmark.result),
          ...describeRisk(benchmark.result),
        }
      : null,
  }
}
