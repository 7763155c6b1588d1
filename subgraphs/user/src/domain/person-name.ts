import { BadInput } from '@cnop/kit/errors'
import { refuseMarkup } from './markup.ts'

const maxCharacters = 50
const pattern = /^[\p{L}\p{M}' -]+$/u
const hasLetter = /\p{L}/u
const wordStart = /(^|[' -])(\p{L})/gu

/** A first or last name: title-cased by word, so that "o'neill-smith" reads "O'Neill-Smith". */
export function readPersonName(field: 'firstName' | 'lastName', text: string): string {
  refuseMarkup(field, text)
  const name = text.normalize('NFC').trim().replaceAll('’', "'")
  const isInRange = name !== '' && Array.from(name).length <= maxCharacters
  if (!isInRange || !pattern.test(name) || !hasLetter.test(name)) {
    throw new BadInput(field, 'must be 1 to 50 letters, spaces, apostrophes or hyphens')
  }
  return name
    .toLowerCase()
    .replace(wordStart, (_match, before: string, letter: string) => before + letter.toUpperCase())
}
