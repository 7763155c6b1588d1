import { formatQuantity } from '@cnop/kit/money'
import { formatDollars } from '../dollars.ts'
import type { Trade } from '../facts.ts'
import type { Figures, Position } from '../figures.ts'
import type { Finding, FindingKind } from '../insight.ts'
import { formatChange, formatPercent, percentOf } from '../percent.ts'
import { readStatedNumbers, type StatedNumber } from '../stated-numbers.ts'

/** What the facts say of one holding; changes carry their sign. */
export interface ReportedHolding {
  readonly assetId: string
  readonly value: StatedNumber
  readonly share: StatedNumber
  /** Over the last 24 hours; undefined when it is unknown. */
  readonly change: StatedNumber | undefined
  readonly paid: StatedNumber
  /** Against what was paid. */
  readonly gain: StatedNumber
  readonly gainShare: StatedNumber | undefined
}

export interface ReportedTrade {
  readonly assetId: string
  readonly side: 'bought' | 'sold'
  readonly quantity: StatedNumber
  readonly total: StatedNumber
  /** "5 hours ago", as the facts say it. */
  readonly age: string
}

/** Everything that a text may state, in the form in which the facts show it. */
export interface ReportedFacts {
  readonly total: StatedNumber
  readonly cash: StatedNumber
  readonly cashShare: StatedNumber
  readonly heldCash: StatedNumber | undefined
  readonly assetsValue: StatedNumber
  readonly assetsChange: StatedNumber | undefined
  readonly assetCount: number
  /** Largest first. */
  readonly holdings: readonly ReportedHolding[]
  readonly trades: readonly ReportedTrade[]
  /** The numbers of findings that no other fact has, in the order of their sentences. */
  readonly findings: ReadonlyMap<FindingKind, readonly StatedNumber[]>
  /** The findings' own sentences. */
  readonly sentences: readonly string[]
}

/** A figure as prose states it. Every formatter writes exactly one number. */
function toStated(text: string): StatedNumber {
  const [stated] = readStatedNumbers(text)
  if (!stated) throw new Error(`${text} states no number.`)
  return stated
}

function reportHolding(position: Position): ReportedHolding {
  const { assetId, value, share, dayChange, costBasis, gain } = position
  return {
    assetId,
    value: toStated(formatDollars(value)),
    share: toStated(formatPercent(share)),
    change: dayChange === undefined ? undefined : toStated(formatChange(dayChange)),
    paid: toStated(formatDollars(costBasis)),
    gain: toStated(`${gain < 0n ? '' : '+'}${formatDollars(gain)}`),
    gainShare: costBasis > 0n ? toStated(formatChange(percentOf(gain, costBasis))) : undefined,
  }
}

const reportTrade = ({ assetId, side, quantity, total }: Trade, age: string): ReportedTrade => ({
  assetId,
  side: side === 'BUY' ? 'bought' : 'sold',
  quantity: toStated(formatQuantity(quantity)),
  total: toStated(formatDollars(total)),
  age,
})

interface Parts {
  readonly positions: readonly Position[]
  readonly trades: readonly Trade[]
  readonly ageOf: (trade: Trade) => string
  readonly findings: readonly Finding[]
}

/** Findings whose numbers are in no other fact, and whose sentences name no ticker. */
const furtherKinds: ReadonlySet<FindingKind> = new Set<FindingKind>([
  'CHURN',
  'STABLECOIN_SHARE',
  'DIVERSIFIED',
])

/** The facts of a prompt, by what they are of. */
export function reportFacts(
  figures: Figures,
  { positions, trades, ageOf, findings }: Parts,
): ReportedFacts {
  const { total, cash, cashShare, heldCash, assetsValue, dayChange } = figures
  return {
    total: toStated(formatDollars(total)),
    cash: toStated(formatDollars(cash)),
    cashShare: toStated(formatPercent(cashShare)),
    heldCash: heldCash > 0n ? toStated(formatDollars(heldCash)) : undefined,
    assetsValue: toStated(formatDollars(assetsValue)),
    assetsChange: dayChange === undefined ? undefined : toStated(formatChange(dayChange)),
    assetCount: figures.positions.length,
    holdings: positions.map(reportHolding),
    trades: trades.map((trade) => reportTrade(trade, ageOf(trade))),
    findings: new Map(
      findings
        .filter(({ kind }) => furtherKinds.has(kind))
        .map(({ kind, text }) => [kind, readStatedNumbers(text)]),
    ),
    sentences: findings.map(({ text }) => text),
  }
}
