import type { Db, Item } from '@cnop/kit/dynamo'
import { priceFromUnits, usdFromCents } from '@cnop/kit/money'
import { readItems } from '@cnop/kit/read'
import { transact } from '@cnop/kit/transact'
import { z } from 'zod'
import type { Candle, CandleInterval } from './candle.ts'
import { mergeCandles } from './candle-merge.ts'
import { bucketOf, candleKey, type CandleSeries } from './candle-series.ts'

const units = z.string().regex(/^\d{1,40}$/)
const packedCandles = z.array(z.tuple([z.number(), units, units, units, units, units]))

const packCandles = (candles: readonly Candle[]): string =>
  JSON.stringify(
    candles.map(({ startsAtMs, open, high, low, close, volume }) => [
      startsAtMs / 1_000,
      ...[open, high, low, close, volume].map(String),
    ]),
  )

function unpackCandles(item: Item | undefined): readonly Candle[] {
  const text = item?.['candles']
  if (typeof text !== 'string') return []
  return packedCandles.parse(JSON.parse(text)).map(([seconds, open, high, low, close, volume]) => ({
    startsAtMs: seconds * 1_000,
    open: priceFromUnits(BigInt(open)),
    high: priceFromUnits(BigInt(high)),
    low: priceFromUnits(BigInt(low)),
    close: priceFromUnits(BigInt(close)),
    volume: usdFromCents(BigInt(volume)),
  }))
}

/** Reads rows of recorded candles, in the order of time. At most 100 rows. */
export async function readCandleRows(
  db: Db,
  table: string,
  { assetId, interval, buckets }: CandleRows,
): Promise<readonly Candle[]> {
  const rows = buckets.map((bucket) => ({ table, key: candleKey(assetId, interval, bucket) }))
  return (await readItems(db, rows)).flatMap(unpackCandles)
}

export interface CandleRows {
  readonly assetId: string
  readonly interval: CandleInterval
  readonly buckets: readonly string[]
}

/** Candles of one asset that are to be stored. */
export interface CandleBatch {
  readonly assetId: string
  readonly candles: readonly Candle[]
}

export interface CandleStore {
  readonly db: Db
  readonly table: string
}

/** Rows per transaction: the largest ones together stay far below its 4 MB. */
const rowsPerWrite = 20

/** Merges candles into their rows. Repeating a write changes nothing, so that it needs no guard. */
export async function storeCandles(
  store: CandleStore,
  series: CandleSeries,
  batches: readonly CandleBatch[],
  join: (known: Candle, added: Candle) => Candle,
): Promise<void> {
  const rows = batches.flatMap((batch) => splitByRow(series, batch))
  for (let start = 0; start < rows.length; start += rowsPerWrite) {
    await mergeRows(store, series, rows.slice(start, start + rowsPerWrite), join)
  }
}

interface RowAddition extends CandleBatch {
  readonly bucket: string
}

function splitByRow(series: CandleSeries, { assetId, candles }: CandleBatch): RowAddition[] {
  const rows = new Map<string, Candle[]>()
  for (const candle of candles) {
    const bucket = bucketOf(series, candle.startsAtMs)
    rows.set(bucket, [...(rows.get(bucket) ?? []), candle])
  }
  return [...rows].map(([bucket, inRow]) => ({ assetId, bucket, candles: inRow }))
}

async function mergeRows(
  { db, table }: CandleStore,
  series: CandleSeries,
  additions: readonly RowAddition[],
  join: (known: Candle, added: Candle) => Candle,
): Promise<void> {
  const keys = additions.map(({ assetId, bucket }) => candleKey(assetId, series.interval, bucket))
  const present = await readItems(
    db,
    keys.map((key) => ({ table, key })),
  )
  const writes = additions.map(({ candles }, place) => {
    const merged = mergeCandles(unpackCandles(present[place]), candles, join)
    const expiresAt = Math.ceil(((merged.at(-1)?.startsAtMs ?? 0) + series.keepMs) / 1_000)
    return {
      put: { TableName: table, Item: { ...keys[place], candles: packCandles(merged), expiresAt } },
    }
  })
  await transact(db, writes)
}
