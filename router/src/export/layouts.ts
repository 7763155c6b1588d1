import { systemClock, toIso } from '@cnop/kit/clock'
import {
  addUsd,
  displayPrice,
  formatUsd,
  parsePrice,
  parseUsd,
  type Usd,
  zeroUsd,
} from '@cnop/kit/money'
import type { ExportedGain } from './read-gains.ts'
import { addMovement, type KindTotal, type Month, type StatementRow } from './read-statement.ts'
import { wordFor, type Words } from './words.ts'
import type { PdfLayout } from './write-pdf.ts'

/** Whose report it is, and in which language. */
export interface Reader {
  readonly username: string
  readonly words: Words
}

const issued = (words: Words): string => words.issued(words.moment(toIso(systemClock())))

/** The statement of a month. */
export function layOutStatement(
  { from }: Month,
  { username, words }: Reader,
): PdfLayout<StatementRow> {
  const { headers, kinds } = words
  const totals = new Map<string, KindTotal>()
  return {
    title: words.statement(words.month(from)),
    facts: [words.account(username), issued(words)],
    words,
    columns: [
      { header: headers.sequence, width: 50, cell: ({ sequence }) => String(sequence ?? '') },
      { header: headers.createdAt, width: 114, cell: ({ createdAt }) => words.moment(createdAt) },
      { header: headers.kind, width: 116, cell: ({ kind }) => wordFor(kinds, kind) },
      { header: headers.assetId, width: 70, cell: ({ assetId }) => String(assetId ?? '') },
      ...(
        [
          ['quantity', 'quantityChange', 100],
          ['price', 'price', 100],
          ['fee', 'fee', 60],
          ['cash', 'cashChange', 76],
          ['balance', 'cashAfter', 76],
        ] as const
      ).map(([header, name, width]) => ({
        ...{ header: headers[header], width, isRight: true },
        cell: (row: StatementRow) => {
          const value = row[name]
          if (value === null) return ''
          // An average has more decimals than a column has room for; the other files have them all.
          return words.number(name === 'price' ? displayPrice(parsePrice(String(value))) : value)
        },
      })),
    ],
    isStrong: ({ sequence }) => sequence === null,
    add: (row) => addMovement(totals, row),
    totals: () =>
      [...totals].map(([kind, { entries, cash }]) =>
        words.kindTotal(wordFor(kinds, kind), words.number(entries), words.number(formatUsd(cash))),
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

function sumLine(words: Words, of: string, values: Sums): string {
  const written = (sum: keyof Sums) => words.number(formatUsd(values[sum]))
  const [proceeds, fee] = [written('proceeds'), written('fee')]
  return words.sums(of, proceeds, fee, written('basis'), written('gain'))
}

function gainColumns(words: Words): PdfLayout<ExportedGain>['columns'] {
  const { headers, methods, day } = words
  const right = (
    name: 'quantity' | 'daysHeld' | keyof Sums,
    width = 78,
  ): PdfLayout<ExportedGain>['columns'][number] => ({
    ...{ header: headers[name], width, isRight: true },
    cell: (row) => words.number(row[name]),
  })
  return [
    { header: headers.sequence, width: 50, cell: ({ sequence }) => String(sequence) },
    { header: headers.assetId, width: 60, cell: ({ assetId }) => String(assetId) },
    right('quantity', 98),
    { header: headers.acquiredOn, width: 70, cell: ({ acquiredOn }) => day(acquiredOn) },
    { header: headers.soldAt, width: 70, cell: ({ soldAt }) => day(soldAt) },
    right('daysHeld', 54),
    ...sums.map((sum) => right(sum)),
    { header: headers.method, width: 48, cell: ({ method }) => wordFor(methods, method) },
  ]
}

/** The lots that were sold in a year. */
export function layOutGains(year: number, { username, words }: Reader): PdfLayout<ExportedGain> {
  const byAsset = new Map<string, Sums>()
  let all = nothing
  return {
    title: words.gains(String(year)),
    facts: [words.account(username), issued(words), words.rowsAreLots],
    words,
    columns: gainColumns(words),
    isStrong: () => false,
    add: (row) => {
      const assetId = String(row.assetId)
      byAsset.set(assetId, plus(byAsset.get(assetId) ?? nothing, row))
      all = plus(all, row)
    },
    totals: () => [
      ...[...byAsset].map(([assetId, values]) => sumLine(words, assetId, values)),
      sumLine(words, words.allAssets, all),
    ],
  }
}
