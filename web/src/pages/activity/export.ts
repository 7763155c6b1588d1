import type { ActivityFeedQuery } from '../../generated/graphql.ts'

export type Entry = NonNullable<ActivityFeedQuery['me']>['portfolio']['activity']['nodes'][number]

const columns = [
  'sequence',
  'createdAt',
  'kind',
  'assetId',
  'quantityChange',
  'price',
  'cashChange',
  'cashHeldChange',
  'quantityHeldChange',
  'cashAfter',
  'fee',
  'orderId',
  'id',
] as const

/** Quotes characters that could break a row, and escapes text that a spreadsheet would run as a formula. */
function cell(value: string | number | null): string {
  const text = String(value ?? '')
  const isNumber = /^-?\d+(\.\d+)?$/.test(text)
  const safe = !isNumber && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** One line per entry with the exact amounts of the ledger (RFC 4180). */
export function toCsv(entries: readonly Entry[]): string {
  const rows = entries.map((entry) => columns.map((column) => cell(entry[column])).join(','))
  return `${[columns.join(','), ...rows].join('\r\n')}\r\n`
}

export function toJson(entries: readonly Entry[]): string {
  const rows = entries.map((entry) =>
    Object.fromEntries(columns.map((column) => [column, entry[column]])),
  )
  return `${JSON.stringify(rows, null, 2)}\n`
}
