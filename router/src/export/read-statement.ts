import { systemClock, toIso } from '@cnop/kit/clock'
import { addUsd, formatUsd, parseUsd, subtractUsd, type Usd, zeroUsd } from '@cnop/kit/money'
import type { RequestContext } from '../edge/request-context.ts'
import { type ExportedEntry, readActivity, type Source } from './read-activity.ts'

/** The columns of the statement of a month, in their order. */
export const statementColumns = [
  'sequence',
  'createdAt',
  'kind',
  'assetId',
  'quantityChange',
  'price',
  'fee',
  'cashChange',
  'cashAfter',
  'orderId',
] as const

export type StatementRow = Readonly<
  Record<(typeof statementColumns)[number], string | number | null>
>

export interface Month {
  /** YYYY-MM */
  readonly month: string
  /** Its first instant, and the first one behind it; UTC. */
  readonly from: string
  readonly to: string
}

const noEntry: StatementRow = {
  ...{ sequence: null, createdAt: null, kind: null, assetId: null, quantityChange: null },
  ...{ price: null, fee: null, cashChange: null, cashAfter: null, orderId: null },
}

/** The cash at an instant, as a row of the statement. */
const balance = (kind: string, createdAt: string, cash: Usd): StatementRow => ({
  ...{ ...noEntry, kind, createdAt, cashAfter: formatUsd(cash) },
})

/** Setting something aside changes what is available, not what the account has. */
const isMovement = ({ cashChange, quantityChange }: ExportedEntry): boolean =>
  [cashChange, quantityChange].some((change) => change !== null && Number(change) !== 0)

const toRow = (entry: ExportedEntry): StatementRow =>
  Object.fromEntries(statementColumns.map((name) => [name, entry[name]])) as StatementRow

const noFilter = { kinds: undefined, assetId: undefined, before: undefined }

/** The cash before the month: that of the last entry before it. */
async function readOpening(source: Source, context: RequestContext, to: string): Promise<Usd> {
  const pages = readActivity(source, context, { ...noFilter, from: undefined, to })
  for await (const [last] of pages) return last ? cashAfter(last) : zeroUsd
  return zeroUsd
}

const cashAfter = (entry: ExportedEntry): Usd => parseUsd(String(entry.cashAfter))

/**
 * The closing balance of a month, its movements from the newest to the oldest, and the opening balance. Each balance is
 * checked against the movements while they are read: a statement that does not add up is not completed.
 */
export async function* readStatement(
  source: Source,
  context: RequestContext,
  { from, to }: Month,
): AsyncGenerator<readonly StatementRow[]> {
  const opening = await readOpening(source, context, from)
  const now = toIso(systemClock())
  const closedAt = to < now ? to : now
  let cash: Usd | undefined
  for await (const entries of readActivity(source, context, { ...noFilter, from, to })) {
    const rows: StatementRow[] = []
    for (const entry of entries) {
      if (cash === undefined) {
        cash = cashAfter(entry)
        rows.push(balance('CLOSING_BALANCE', closedAt, cash))
      }
      checkSum(cashAfter(entry), cash)
      cash = subtractUsd(cash, parseUsd(String(entry.cashChange)))
      if (isMovement(entry)) rows.push(toRow(entry))
    }
    yield rows
  }
  if (cash === undefined) yield [balance('CLOSING_BALANCE', closedAt, opening)]
  else checkSum(opening, cash)
  yield [balance('OPENING_BALANCE', from, opening)]
}

function checkSum(stated: Usd, counted: Usd): void {
  if (stated === counted) return
  throw new Error(`The balance ${formatUsd(stated)} is not the sum ${formatUsd(counted)}.`)
}

/** What the movements of one kind add up to. */
export interface KindTotal {
  readonly entries: number
  readonly cash: Usd
}

/** Adds a movement to the totals by kind; balances do not count. */
export function addMovement(totals: Map<string, KindTotal>, row: StatementRow): void {
  if (row.sequence === null) return
  const kind = String(row.kind)
  const { entries, cash } = totals.get(kind) ?? { entries: 0, cash: zeroUsd }
  const sum = addUsd(cash, parseUsd(String(row.cashChange)))
  totals.set(kind, { entries: entries + 1, cash: sum })
}
