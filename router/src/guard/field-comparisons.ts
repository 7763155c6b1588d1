import { type DocumentNode, Kind, type SelectionSetNode } from 'graphql'
import { collectFields, fragmentsOf, selectionSetsOf } from '../operations/collect-fields.ts'

/** What validation may compare; it takes a microsecond for each pair. */
const mostComparisons = 50_000
/** All operations of a document together. */
const mostFields = 20_000
const mostLevels = 200

/**
 * Whether validation would compare too many fields with each other: it compares all that share a name at one place of
 * the result. A document with operations that are too large in total has too many as well.
 */
export function hasManyComparisons(document: DocumentNode): boolean {
  const fragments = fragmentsOf(document)
  const left = { comparisons: mostComparisons, fields: mostFields }
  const isSpent = () => left.comparisons < 0 || left.fields < 0
  const count = (sets: readonly SelectionSetNode[], level: number): void => {
    // A fragment that spreads itself is refused by validation.
    if (level > mostLevels) return
    for (const fields of collectFields(sets, { fragments }).values()) {
      left.fields -= fields.length
      left.comparisons -= (fields.length * (fields.length - 1)) / 2
      if (isSpent()) return
      count(selectionSetsOf(fields), level + 1)
    }
  }
  for (const node of document.definitions) {
    if (node.kind === Kind.OPERATION_DEFINITION) count([node.selectionSet], 0)
  }
  return isSpent()
}
