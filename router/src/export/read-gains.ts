import { addUsd, formatUsd, parseUsd } from '@cnop/kit/money'
import type { RequestContext } from '../edge/request-context.ts'
import { readPages, type Source } from './read-activity.ts'

/** The columns of the report of a year, in their order: one row for each lot that a sale took. */
export const gainColumns = [
  'sequence',
  'assetId',
  'quantity',
  'acquiredOn',
  'soldAt',
  'daysHeld',
  'proceeds',
  'fee',
  'basis',
  'gain',
  'method',
  'orderId',
] as const

export type ExportedGain = Readonly<Record<(typeof gainColumns)[number], string | number | null>>

interface Sale {
  readonly sequence: number
  readonly createdAt: string
  readonly assetId: string
  readonly orderId: string | null
  readonly quantityChange: string
  readonly cashChange: string
  readonly fee: string | null
  readonly realised: {
    readonly method: string
    readonly lots: readonly Omit<
      ExportedGain,
      'sequence' | 'assetId' | 'soldAt' | 'method' | 'orderId'
    >[]
  } | null
}

/** The lots that the caller sold in a UTC year, newest sale first, page by page on demand. */
export async function* readGains(
  source: Source,
  context: RequestContext,
  year: number,
): AsyncGenerator<readonly ExportedGain[]> {
  const [from, to] = [year, year + 1].map((each) => `${each}-01-01T00:00:00.000Z`)
  for await (const sales of readPages<Sale>(source, context, { from, to })) {
    yield sales.flatMap(toRows)
  }
}

const noLot = { acquiredOn: null, daysHeld: null, basis: null, gain: null }

/** A sale of before lots were kept has one row, without a basis and a gain. */
function toRows({ realised, createdAt: soldAt, ...sale }: Sale): readonly ExportedGain[] {
  const { sequence, assetId, orderId, fee } = sale
  const same = { sequence, assetId, soldAt, orderId }
  if (realised) return realised.lots.map((lot) => ({ ...same, method: realised.method, ...lot }))
  const quantity = sale.quantityChange.replace('-', '')
  return [
    { ...same, ...noLot, quantity, proceeds: withFee(sale.cashChange, fee), fee, method: null },
  ]
}

/** What the market paid: what the user received, and the fee. */
const withFee = (received: string, fee: string | null): string =>
  formatUsd(addUsd(parseUsd(received), parseUsd(fee ?? '0')))
