/** Sort orders of lists that are being paged through. */
export interface FrozenLists {
  /** Keeps an order and names it; the same order of the same moment has one name. */
  keep(question: string, assetIds: readonly string[]): string
  find(name: string): readonly string[] | undefined
}

const maxLists = 1_000

/**
 * Prices tick while a client pages through a list sorted by them. Each first page freezes its order, so that later
 * pages neither repeat nor skip an asset; the oldest orders are forgotten.
 */
export function createFrozenLists(instance: string): FrozenLists {
  const lists = new Map<string, readonly string[]>()
  const names = new Map<string, string>()
  let count = 0
  return {
    keep: (question, assetIds) => {
      const known = names.get(question)
      if (known !== undefined) return known
      count += 1
      const name = `${instance}.${count}`
      lists.set(name, assetIds)
      names.set(question, name)
      const [oldestList] = lists.keys()
      const [oldestQuestion] = names.keys()
      if (lists.size > maxLists && oldestList !== undefined && oldestQuestion !== undefined) {
        lists.delete(oldestList)
        names.delete(oldestQuestion)
      }
      return name
    },
    find: (name) => lists.get(name),
  }
}
