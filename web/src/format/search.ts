/** A search as it is compared: full-width letters become plain ones, and blanks count once. */
export const plainSearch = (text: string): string =>
  text.normalize('NFKC').replace(/\s+/g, ' ').trim()
