/** The size of a document with its fragments expanded: what planning and compiling it would walk. */
import {
  GraphQLError,
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
} from 'graphql'

/** The most selections of a document with its fragments expanded. */
export const mostSelections = 10_000

/** Throws where a document expands to too much. The time is that of its text: each fragment is counted once. */
export function refuseLargeDocument({ definitions }: DocumentNode): void {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const node of definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node)
  }
  const counts = new Map<string, number>()
  const countFragment = (name: string): number => {
    const known = counts.get(name)
    if (known !== undefined) return known
    // A fragment that spreads itself is refused by validation.
    counts.set(name, 0)
    const fragment = fragments.get(name)
    const count = fragment ? countSelections(fragment.selectionSet) : 0
    counts.set(name, count)
    return count
  }
  const countSelections = ({ selections }: SelectionSetNode): number =>
    selections.reduce((sum, node) => {
      if (node.kind === Kind.FRAGMENT_SPREAD) return sum + 1 + countFragment(node.name.value)
      return sum + 1 + (node.selectionSet ? countSelections(node.selectionSet) : 0)
    }, 0)
  for (const node of definitions) {
    if (!('selectionSet' in node) || countSelections(node.selectionSet) <= mostSelections) continue
    throw new GraphQLError(
      `The document has more than ${mostSelections} selections with its fragments expanded.`,
      { extensions: { code: 'QUERY_TOO_COMPLEX', http: { status: 400 } } },
    )
  }
}
