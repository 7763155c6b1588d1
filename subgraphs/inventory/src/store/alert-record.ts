import { priceFromUnits } from '@cnop/kit/money'
import { z } from 'zod'
import { alertDirections, alertStatuses, type PriceAlert } from '../domain/price-alert.ts'

const units = z
  .string()
  .regex(/^\d{1,38}$/)
  .transform((text) => priceFromUnits(BigInt(text)))

const record = z.object({
  id: z.string(),
  username: z.string(),
  assetId: z.string(),
  direction: z.enum(alertDirections),
  price: units,
  changeBasisPoints: z.union([z.number(), z.bigint()]).transform(Number).optional(),
  referencePrice: units.optional(),
  status: z.enum(alertStatuses),
  createdAt: z.string(),
  // `expiresAt` is the time to live of a row.
  endsAt: z.string().optional(),
  judgedAt: z.string(),
  closedAt: z.string().optional(),
  firedPrice: units.optional(),
})

/** An alert as plain JSON: one form for its rows and for the notification that it causes. */
export type AlertRecord = z.input<typeof record>

export const toRecord = ({ expiresAt, ...alert }: PriceAlert): AlertRecord => ({
  ...alert,
  price: alert.price.toString(),
  referencePrice: alert.referencePrice?.toString(),
  endsAt: expiresAt,
  firedPrice: alert.firedPrice?.toString(),
})

/** Reads a row; one that is no alert is a bug and throws. */
export function fromRecord(row: unknown): PriceAlert {
  const { endsAt, ...alert } = record.parse(row)
  return {
    ...alert,
    changeBasisPoints: alert.changeBasisPoints,
    referencePrice: alert.referencePrice,
    expiresAt: endsAt,
    closedAt: alert.closedAt,
    firedPrice: alert.firedPrice,
  }
}
