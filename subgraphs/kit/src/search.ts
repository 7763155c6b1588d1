/** How a search is compared with names. Services and the dashboard share it, so nothing here depends on Node or on a browser. */

/** A search as it was meant: full-width letters become plain ones, and blanks count once. */
export const plainSearch = (text: string): string =>
  text.normalize('NFKC').replace(/\s+/g, ' ').trim()

/** What is compared: without case and accents. */
const foldText = (text: string): string =>
  plainSearch(text)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()

/** Tests texts against a search. */
export type Finds = (...texts: readonly string[]) => boolean

/** Finds what has the search in one of its texts, or in all of them in a row. An empty search finds everything. */
export function createFinder(search: string): Finds {
  const wanted = foldText(search)
  return (...texts) => foldText(texts.join(' ')).includes(wanted)
}
