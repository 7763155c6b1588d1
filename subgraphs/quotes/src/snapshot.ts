import type { Db, Item } from '@cnop/kit/dynamo'
import { queryPage } from '@cnop/kit/read'
import { transact, type Write } from '@cnop/kit/transact'
import { packQuotes, unpackQuotes } from './packing.ts'
import type { Quote, QuoteTick } from './quote.ts'

/** Quotes per row: far below the 400 KB of a row, even with the longest names. */
const quotesPerRow = 250
const maxRows = 40
const partition = 'SNAPSHOT'

class SnapshotOvertaken extends Error {
  override readonly name = 'SnapshotOvertaken'
}

/** Reads the last stored quotes of every asset. */
export async function readSnapshot(db: Db, table: string): Promise<QuoteTick | undefined> {
  const page = { table, pk: partition, limit: maxRows, newestFirst: false }
  const { items } = await queryPage(db, page)
  if (items.length === 0) return undefined
  return {
    tickedAt: items.map(tickedAtOf).sort().at(-1) ?? '',
    quotes: items.flatMap(({ quotes }) => (typeof quotes === 'string' ? unpackQuotes(quotes) : [])),
  }
}

const tickedAtOf = ({ tickedAt }: Item): string => (typeof tickedAt === 'string' ? tickedAt : '')

/**
 * Stores all quotes, unless a newer snapshot is there: a writer that lost its lease without noticing must not set
 * prices back. Answers whether it stored.
 */
export async function writeSnapshot(db: Db, table: string, tick: QuoteTick): Promise<boolean> {
  const writes = splitRows(tick.quotes).map((quotes, row) => rowWrite(table, row, tick, quotes))
  if (writes.length === 0) return false
  try {
    await transact(db, writes)
    return true
  } catch (error) {
    if (error instanceof SnapshotOvertaken) return false
    throw error
  }
}

function splitRows(quotes: readonly Quote[]): readonly (readonly Quote[])[] {
  const rows = Math.min(maxRows, Math.ceil(quotes.length / quotesPerRow))
  return Array.from({ length: rows }, (_, row) =>
    quotes.slice(row * quotesPerRow, (row + 1) * quotesPerRow),
  )
}

function rowWrite(table: string, row: number, tick: QuoteTick, quotes: readonly Quote[]): Write {
  return {
    put: {
      TableName: table,
      Item: {
        pk: partition,
        sk: String(row).padStart(3, '0'),
        tickedAt: tick.tickedAt,
        quotes: packQuotes(quotes),
      },
      ConditionExpression: 'attribute_not_exists(pk) OR tickedAt <= :tickedAt',
      ExpressionAttributeValues: { ':tickedAt': tick.tickedAt },
    },
    refused: () => new SnapshotOvertaken(),
  }
}
