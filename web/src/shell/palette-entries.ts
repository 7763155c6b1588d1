import { createFinder } from '@cnop/kit/search'
import type { SpotlightActionData } from '@mantine/spotlight'

export type Entry = Omit<SpotlightActionData, 'keywords'> & {
  readonly id: string
  readonly keywords?: string[]
}
export type Groups = readonly { readonly group: string; readonly actions: Entry[] }[]

/** Pages and assets by any part of their name or ticker, without case, accents and width. */
export function findEntries(search: string, groups: Groups): Groups {
  const finds = createFinder(search)
  const isFound = ({ label = '', keywords = [] }: Entry) => finds(label, ...keywords)
  return groups
    .map(({ group, actions }) => ({ group, actions: actions.filter(isFound) }))
    .filter(({ actions }) => actions.length > 0)
}

/** The most results that are shown. */
const mostShown = 16

/** The first results, with their groups. */
export function limited(groups: Groups): Groups {
  let left = mostShown
  return groups
    .map(({ group, actions }) => {
      const some = actions.slice(0, left)
      left -= some.length
      return { group, actions: some }
    })
    .filter(({ actions }) => actions.length > 0)
}

export const idsOf = (groups: Groups): readonly string[] =>
  groups.flatMap(({ actions }) => actions.map(({ id }) => id))
