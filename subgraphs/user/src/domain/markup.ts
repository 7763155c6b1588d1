import { BadInput } from '@cnop/kit/errors'

const tag = /[<>]/
const scriptScheme = /(?:javascript|vbscript|data)\s*:/i

/** Refuses text that a careless page could run. It is never cleaned: what is stored is what was sent. */
export function refuseMarkup(field: string, text: string): void {
  if (tag.test(text) || scriptScheme.test(text))
    throw new BadInput(field, 'must not contain markup')
}
