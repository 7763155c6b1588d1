import { addUsd, subtractUsd, type Usd, usd, zeroUsd } from '@cnop/kit/money'
import { formatDollars } from './dollars.ts'
import { tradeFactLimit } from './facts.ts'
import { type Figures, isEmpty, type Position } from './figures.ts'
import type { Finding, FindingKind, FindingSeverity } from './insight.ts'
import { formatPercent, type Percent, percentOf, shareOf } from './percent.ts'

type Rule = (figures: Figures, nowMs: number) => readonly Finding[]

/** At how many percent a finding starts, and at how many it weighs more. */
interface Bands {
  readonly from: Percent
  readonly severity: FindingSeverity
  readonly more: Percent
  readonly moreSeverity: FindingSeverity
}

const bands = {
  concentration: { from: 40, severity: 'NOTICE', more: 60, moreSeverity: 'WARNING' },
  drawdown: { from: 5, severity: 'NOTICE', more: 15, moreSeverity: 'WARNING' },
  rally: { from: 5, severity: 'INFO', more: 15, moreSeverity: 'NOTICE' },
  cash: { from: 50, severity: 'INFO', more: 80, moreSeverity: 'NOTICE' },
  stablecoins: { from: 30, severity: 'INFO', more: 60, moreSeverity: 'NOTICE' },
  loss: { from: 10, severity: 'NOTICE', more: 25, moreSeverity: 'WARNING' },
  gain: { from: 10, severity: 'INFO', more: 50, moreSeverity: 'NOTICE' },
} as const satisfies Record<string, Bands>

/** Assets below this share of the portfolio are not reported. */
const smallestShare: Percent = 2
/** Of each kind, only the strongest few. */
const mostPerKind = 2
/** The contract promises no more than this many. */
const mostFindings = 10
/** A gain or a loss on less than this is noise. */
const smallestCost: Usd = usd('1.00')
const busyTrades = 6
const hourMs = 3_600_000
const dayMs = 24 * hourMs
const diversifiedFrom = 4

function severityOf(size: Percent, band: Bands): FindingSeverity | undefined {
  if (size >= band.more) return band.moreSeverity
  return size >= band.from ? band.severity : undefined
}

function assetFinding(
  kind: FindingKind,
  { assetId }: Position,
  severity: FindingSeverity | undefined,
  text: string,
): readonly Finding[] {
  return severity ? [{ kind, severity, text, assetId }] : []
}

const findConcentration: Rule = ({ positions }) => {
  const largest = positions.find(({ isStable }) => !isStable)
  if (!largest) return []
  const severity = severityOf(largest.share, bands.concentration)
  const text = `${largest.assetId} makes up ${formatPercent(largest.share)} of your portfolio.`
  return assetFinding('CONCENTRATION', largest, severity, text)
}

function findMoves(
  figures: Figures,
  kind: 'DRAWDOWN' | 'RALLY',
  { direction, verb, band }: { direction: 1 | -1; verb: string; band: Bands },
): readonly Finding[] {
  const size = (change: Percent | undefined): Percent => (change ?? 0) * direction
  const whole = severityOf(size(figures.dayChange), band)
  const moved = figures.positions
    .filter(({ share, dayChange }) => share >= smallestShare && size(dayChange) >= band.from)
    .sort((a, b) => size(b.dayChange) - size(a.dayChange))
    .slice(0, mostPerKind)
  const describeChange = (who: string, change: Percent): string =>
    `${who} ${verb} ${formatPercent(change)} over the last 24 hours.`
  const all: readonly Finding[] =
    whole && figures.positions.length > 1
      ? [
          {
            kind,
            severity: whole,
            text: describeChange('Your holdings together', figures.dayChange ?? 0),
          },
        ]
      : []
  const each = moved.flatMap((position) => {
    const change = position.dayChange ?? 0
    return assetFinding(
      kind,
      position,
      severityOf(size(change), band),
      describeChange(`Your ${position.assetId}`, change),
    )
  })
  return [...all, ...each]
}

const findDrawdown: Rule = (figures) =>
  findMoves(figures, 'DRAWDOWN', { direction: -1, verb: 'lost', band: bands.drawdown })

const findRally: Rule = (figures) =>
  findMoves(figures, 'RALLY', { direction: 1, verb: 'gained', band: bands.rally })

const findCashDrag: Rule = ({ cash, heldCash, cashShare }) => {
  const severity = severityOf(cashShare, bands.cash)
  if (!severity || cash <= 0n) return []
  const waiting = heldCash > 0n ? `, of which ${formatDollars(heldCash)} waits in open orders` : ''
  const text = `Cash makes up ${formatPercent(cashShare)} of your portfolio${waiting}.`
  return [{ kind: 'CASH_DRAG', severity, text }]
}

const findChurn: Rule = ({ trades }, nowMs) => {
  const since = (ms: number) => trades.filter(({ createdAt }) => nowMs - Date.parse(createdAt) < ms)
  const today = since(dayMs)
  if (today.length < busyTrades) return []
  const severity = since(hourMs).length >= busyTrades ? 'WARNING' : 'NOTICE'
  const worth = formatDollars(today.map(({ total }) => total).reduce(addUsd, zeroUsd))
  // The facts end with the tenth trade: what further ones were worth is not known, and may be far more.
  const text =
    today.length < tradeFactLimit
      ? `You made ${today.length} trades within 24 hours, worth ${worth}.`
      : `You made at least ${today.length} trades within 24 hours.`
  return [{ kind: 'CHURN', severity, text }]
}

const findStablecoins: Rule = ({ positions, total }) => {
  const stable = positions.filter(({ isStable }) => isStable)
  const share = shareOf(stable.map(({ value }) => value).reduce(addUsd, zeroUsd), total)
  const severity = severityOf(share, bands.stablecoins)
  const text = `Stablecoins make up ${formatPercent(share)} of your portfolio.`
  return severity ? [{ kind: 'STABLECOIN_SHARE', severity, text }] : []
}

function findGains(
  figures: Figures,
  kind: 'UNREALISED_LOSS' | 'UNREALISED_GAIN',
  { direction, word, band }: { direction: 1n | -1n; word: string; band: Bands },
): readonly Finding[] {
  const size = ({ gain }: Position): bigint => gain * direction
  return figures.positions
    .filter((position) => position.costBasis >= smallestCost && size(position) > 0n)
    .sort((a, b) => (size(b) > size(a) ? 1 : -1))
    .flatMap((position) => {
      const part = percentOf(size(position), position.costBasis)
      const amount = direction > 0n ? position.gain : subtractUsd(zeroUsd, position.gain)
      const text = `${position.assetId} is worth ${formatDollars(amount)} (${formatPercent(part)}) ${word} than you paid for it.`
      return assetFinding(kind, position, severityOf(part, band), text)
    })
    .slice(0, mostPerKind)
}

const findLosses: Rule = (figures) =>
  findGains(figures, 'UNREALISED_LOSS', { direction: -1n, word: 'less', band: bands.loss })

const findUnrealisedGains: Rule = (figures) =>
  findGains(figures, 'UNREALISED_GAIN', { direction: 1n, word: 'more', band: bands.gain })

const findDiversified: Rule = ({ positions }) => {
  const spread = positions.filter(({ share }) => share >= smallestShare)
  const largest = spread.at(0)
  if (spread.length < diversifiedFrom || !largest) return []
  if (largest.share >= bands.concentration.from) return []
  const share =
    spread.length < positions.length ? ` of ${formatPercent(smallestShare)} or more` : ''
  const text = `Your portfolio is spread over ${spread.length} assets${share}; the largest makes up ${formatPercent(largest.share)}.`
  return [{ kind: 'DIVERSIFIED', severity: 'INFO', text }]
}

/** In this order among findings of one severity. */
const rules: readonly Rule[] = [
  findConcentration,
  findDrawdown,
  findLosses,
  findChurn,
  findCashDrag,
  findStablecoins,
  findRally,
  findUnrealisedGains,
  findDiversified,
]

const weight: Readonly<Record<FindingSeverity, number>> = { WARNING: 0, NOTICE: 1, INFO: 2 }

/** What stands out, most important first. The same figures at the same time always give the same findings. */
export function findWhatStandsOut(figures: Figures, nowMs: number): readonly Finding[] {
  if (isEmpty(figures)) {
    return [{ kind: 'EMPTY', severity: 'INFO', text: 'There is nothing in your portfolio yet.' }]
  }
  return rules
    .flatMap((rule) => rule(figures, nowMs))
    .sort((a, b) => weight[a.severity] - weight[b.severity])
    .slice(0, mostFindings)
}
