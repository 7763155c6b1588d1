import { BadInput } from '@cnop/kit/errors'
import { parseInstant } from '@cnop/kit/instant'
import { parseQuantity, parseUsd } from '@cnop/kit/money'
import { z } from 'zod'
import { InsightUnavailable } from '../domain/errors.ts'
import type { Facts } from '../domain/facts.ts'

function readBy<Value>(read: (text: string) => Value) {
  return z.string().transform((text, context) => {
    try {
      return read(text)
    } catch (error) {
      if (!(error instanceof BadInput)) throw error
      context.addIssue({ code: 'custom', message: error.message })
      return z.NEVER
    }
  })
}

const money = readBy(parseUsd)
const amount = readBy(parseQuantity)

/** Missing where the user service could not read it, or where the asset has no current price. */
const dayChange = z.object({ amount: money, base: money }).nullish()

const shape = z.object({
  cash: z.object({ posted: money, held: money }),
  holdings: z.array(
    z.object({ assetId: z.string(), quantity: amount, costBasis: money, dayChange }),
  ),
  tradeFacts: z.array(
    z.object({
      side: z.string(),
      assetId: z.string(),
      quantity: amount,
      total: money,
      createdAt: readBy(parseInstant),
    }),
  ),
})

/**
 * Reads what `@requires` fetched. Fields of an entity's representation come as plain JSON, without their
 * scalars; they are missing when the user service could not read them.
 */
export function readFacts(representation: unknown): Facts {
  const parsed = shape.safeParse(representation)
  if (!parsed.success) throw new InsightUnavailable('The portfolio cannot be read now.')
  const { cash, holdings, tradeFacts } = parsed.data
  return { cash, holdings, trades: tradeFacts }
}
