import { BadInput } from '@cnop/kit/errors'

const tag = /[<>]/
const scriptScheme = /(?:javascript|vbscript|data)\s*:/i

/** Refuses markup. Text is never sanitised: it is stored as sent. */
export function refuseMarkup(field: string, text: string): void {
  if (tag.test(text) || scriptScheme.test(text))
    throw new BadInput(field, 'must not contain markup')
}
