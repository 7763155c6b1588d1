import { BadInput } from '@cnop/kit/errors'
import { readName } from '@cnop/kit/personal-data'
import { refuseMarkup } from './markup.ts'

/** A first or last name as it was typed, never re-capitalised. */
export function readPersonName(field: 'firstName' | 'lastName', text: string): string {
  refuseMarkup(field, text)
  const name = readName(text)
  if (name === undefined) {
    throw new BadInput(field, 'must be 1 to 50 letters, spaces, hyphens, apostrophes or dots')
  }
  return name
}
