import { priceFromUnits } from '@cnop/kit/money'
import { z } from 'zod'
import { alertDirections, alertStatuses, type PriceAlert } from '../domain/price-alert.ts'

const units = z
  .string()
  .regex(/^\d{1,38}$/)
  .transform((text) => priceFromUnits(BigInt(text)))

const number = z.union([z.number(), z.bigint()]).transform(Number)

const repeat = z.object({
  rearmAt: units,
  isArmed: z.boolean(),
  fires: number,
  firedAt: z.array(z.string()),
})

const record = z.object({
  id: z.string(),
  username: z.string(),
  assetId: z.string(),
  direction: z.enum(alertDirections),
  price: units,
  changeBasisPoints: number.optional(),
  referencePrice: units.optional(),
  repeat: repeat.optional(),
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
  repeat: alert.repeat && {
    ...alert.repeat,
    rearmAt: alert.repeat.rearmAt.toString(),
    firedAt: [...alert.repeat.firedAt],
  },
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
    repeat: alert.repeat,
    expiresAt: endsAt,
    closedAt: alert.closedAt,
    firedPrice: alert.firedPrice,
  }
}
