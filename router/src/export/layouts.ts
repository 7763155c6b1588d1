import { systemClock, toIso } from '@cnop/kit/clock'
import { addUsd, formatUsd, parseUsd, type Usd, zeroUsd } from '@cnop/kit/money'
import type { ExportedGain } from './read-gains.ts'
import { addMovement, type KindTotal, type Month, type StatementRow } from './read-statement.ts'
import type { PdfLayout } from './write-pdf.ts'

type Value = string | number | null

/** "1,234.5"; a dash where there is nothing. */
function grouped(value: Value): string {
  const [whole = '', fraction] = String(value ?? '–').split('.')
  const withCommas = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return fraction === undefined ? withCommas : `${withCommas}.${fraction}`
}

/** To the second, in UTC. */
const moment = (value: Value): string =>
  String(value ?? '–')
    .slice(0, 19)
    .replace('T', ' ')

const day = (value: Value): string => String(value ?? '–').slice(0, 10)

/** "RED_POCKET" as "Red pocket". */
function words(value: Value): string {
  const text = String(value ?? '–')
    .replaceAll('_', ' ')
    .toLowerCase()
  return text.charAt(0).toUpperCase() + text.slice(1)
}

const issued = (): string =>
  `Issued ${moment(toIso(systemClock()))} UTC. Amounts are US dollars; times are UTC.`

/** The statement of a month. */
export function layOutStatement({ month }: Month, username: string): PdfLayout<StatementRow> {
  const totals = new Map<string, KindTotal>()
  return {
    title: `Account statement ${month}`,
    facts: [`Account ${username}`, issued()],
    columns: [
      { header: 'No.', width: 50, cell: ({ sequence }) => String(sequence ?? '') },
      { header: 'When', width: 110, cell: ({ createdAt }) => moment(createdAt) },
      { header: 'What', width: 120, cell: ({ kind }) => words(kind) },
      { header: 'Asset', width: 70, cell: ({ assetId }) => String(assetId ?? '') },
      ...(
        [
          ['Quantity', 'quantityChange', 100],
          ['Price', 'price', 100],
          ['Fee', 'fee', 60],
          ['Cash', 'cashChange', 76],
          ['Balance', 'cashAfter', 76],
        ] as const
      ).map(([header, name, width]) => ({
        ...{ header, width, isRight: true },
        cell: (row: StatementRow) => (row[name] === null ? '' : grouped(row[name])),
      })),
    ],
    isStrong: ({ sequence }) => sequence === null,
    add: (row) => addMovement(totals, row),
    totals: () =>
      [...totals].map(
        ([kind, { entries, cash }]) =>
          `${words(kind)}: ${entries}, cash ${grouped(formatUsd(cash))}`,
      ),
  }
}

const sums = ['proceeds', 'fee', 'basis', 'gain'] as const
type Sums = Record<(typeof sums)[number], Usd>

const nothing: Sums = { proceeds: zeroUsd, fee: zeroUsd, basis: zeroUsd, gain: zeroUsd }

function plus(before: Sums, row: ExportedGain): Sums {
  const added = sums.map((sum) => [sum, addUsd(before[sum], parseUsd(String(row[sum] ?? '0.00')))])
  return Object.fromEntries(added) as Sums
}

const sumLine = (name: string, values: Sums): string =>
  `${name}: ${sums.map((sum) => `${sum} ${grouped(formatUsd(values[sum]))}`).join(', ')}`

const right = (header: string, name: keyof ExportedGain, width = 78) => ({
  ...{ header, width, isRight: true },
  cell: (row: ExportedGain) => grouped(row[name]),
})

const gainColumns: PdfLayout<ExportedGain>['columns'] = [
  { header: 'No.', width: 50, cell: ({ sequence }) => String(sequence) },
  { header: 'Asset', width: 60, cell: ({ assetId }) => String(assetId) },
  right('Quantity', 'quantity', 98),
  { header: 'Acquired', width: 70, cell: ({ acquiredOn }) => day(acquiredOn) },
  { header: 'Sold', width: 70, cell: ({ soldAt }) => day(soldAt) },
  right('Days held', 'daysHeld', 54),
  right('Proceeds', 'proceeds'),
  right('Fee', 'fee'),
  right('Basis', 'basis'),
  right('Gain', 'gain'),
  { header: 'Method', width: 48, cell: ({ method }) => String(method ?? '–') },
]

/** The lots that were sold in a year. */
export function layOutGains(year: number, username: string): PdfLayout<ExportedGain> {
  const byAsset = new Map<string, Sums>()
  let all = nothing
  return {
    title: `Realised gains ${year}`,
    facts: [`Account ${username}`, `${issued()} A row is what a sale took of one lot.`],
    columns: gainColumns,
    isStrong: () => false,
    add: (row) => {
      const assetId = String(row.assetId)
      byAsset.set(assetId, plus(byAsset.get(assetId) ?? nothing, row))
      all = plus(all, row)
    },
    totals: () => [
      ...[...byAsset].map(([assetId, values]) => sumLine(assetId, values)),
      sumLine('All assets', all),
    ],
  }
}
