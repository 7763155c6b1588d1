/**
 * The shape of what a fetch receives, from its own operation: response names and what is below them. Copies
 * and assignments are made for exactly these names.
 */
import { Kind } from 'graphql'
import type { DocumentNode, SelectionSetNode } from 'graphql'

/** Response names in order; a leaf has no shape. */
export type ReceivedShape = ReadonlyMap<string, ReceivedShape | undefined>

type Building = Map<string, Building | undefined>

export function receivedShape(
  document: DocumentNode,
  selectionSet: SelectionSetNode,
): ReceivedShape {
  const shape: Building = new Map()
  addSelections(document, selectionSet, shape)
  return shape
}

function addSelections(
  document: DocumentNode,
  selectionSet: SelectionSetNode,
  shape: Building,
): void {
  for (const selection of selectionSet.selections) {
    if (selection.kind !== Kind.FIELD) {
      const inner =
        selection.kind === Kind.INLINE_FRAGMENT
          ? selection.selectionSet
          : fragmentSelections(document, selection.name.value)
      if (inner) addSelections(document, inner, shape)
      continue
    }
    const name = selection.alias?.value ?? selection.name.value
    if (!selection.selectionSet) {
      if (!shape.has(name)) shape.set(name, undefined)
      continue
    }
    const below: Building = shape.get(name) ?? new Map<string, Building | undefined>()
    addSelections(document, selection.selectionSet, below)
    shape.set(name, below)
  }
}

function fragmentSelections(document: DocumentNode, name: string): SelectionSetNode | undefined {
  const fragment = document.definitions.find(
    (definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name,
  )
  return fragment && 'selectionSet' in fragment ? fragment.selectionSet : undefined
}

export function isLeafOnly(shape: ReceivedShape): boolean {
  return [...shape.values()].every((below) => below === undefined)
}
