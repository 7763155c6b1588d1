import { BadInput } from '@cnop/kit/errors'
import { isTicker } from '@cnop/quotes/quote'

/** A ticker as the platform writes it, or the refusal of what cannot be one. */
export function readTicker(id: string, field: string): string {
  if (!isTicker(id)) throw new BadInput(field, 'must be 1 to 10 letters or digits')
  return id.toUpperCase()
}
