import type { Key } from '@cnop/kit/dynamo'
import { quantityFromUnits, usdFromCents } from '@cnop/kit/money'
import { queryPage } from '@cnop/kit/read'
import type { Write } from '@cnop/kit/transact'
import { z } from 'zod'
import type { LedgerPlace } from './balances.ts'
import type { JournalEntry } from './chain.ts'
import { partition, realisedKey, realisedPrefix } from './keys.ts'
import { gainOf, gainOfSale, type YearGain, yearOf } from './realised.ts'

/** Counts a sale in its year. It only adds, so that a command need not read the row. */
export function yearGainWrites(table: string, entry: JournalEntry | undefined): Write[] {
  const sale = entry && gainOfSale(entry)
  if (!sale || entry.assetId === undefined) return []
  const { username, assetId, sequence } = entry
  const year = yearOf(entry)
  return [
    {
      update: {
        TableName: table,
        Key: realisedKey(username, year, assetId),
        UpdateExpression:
          'SET assetId = :asset, #year = :year, #sequence = :sequence ADD sales :one, quantity :quantity, proceeds :proceeds, fee :fee, basis :basis',
        ExpressionAttributeNames: { '#sequence': 'sequence', '#year': 'year' },
        ExpressionAttributeValues: {
          ':asset': assetId,
          ':year': BigInt(year),
          ':sequence': sequence,
          ':one': 1n,
          ':quantity': sale.quantity,
          ':proceeds': sale.proceeds,
          ':fee': sale.fee,
          ':basis': sale.basis,
        },
      },
    },
  ]
}

const yearRow = z.object({
  assetId: z.string(),
  year: z.bigint(),
  sequence: z.bigint(),
  sales: z.bigint(),
  quantity: z.bigint().transform(quantityFromUnits),
  proceeds: z.bigint().transform(usdFromCents),
  fee: z.bigint().transform(usdFromCents),
  basis: z.bigint().transform(usdFromCents),
})

const toCount = (value: bigint): number => parseInt(value.toString(), 10)

const rowsPerCall = 200

/** The gains of one UTC year by ticker, or of every year: one row for each asset that was sold. */
export async function readYearGains(
  { db, table }: LedgerPlace,
  username: string,
  year?: number,
): Promise<readonly YearGain[]> {
  const gains: YearGain[] = []
  let after: Key | undefined
  do {
    const query = { table, pk: partition(username), skPrefix: realisedPrefix(year), after }
    const page = await queryPage(db, { ...query, limit: rowsPerCall, newestFirst: false })
    for (const item of page.items) {
      const { proceeds, fee, basis, ...row } = yearRow.parse(item)
      const counts = { year: toCount(row.year), sales: toCount(row.sales) }
      gains.push({ ...row, ...counts, ...gainOf(proceeds, fee, basis) })
    }
    after = page.last
  } while (after)
  return gains
}
