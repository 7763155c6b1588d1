/**
 * Writes one subgraph operation for several entity fetches of one service: each fetch becomes an aliased
 * `_entities` field with its own list of representations. Fetches that ask the same of different places
 * share one field (its slot has several paths).
 */
import { Kind, OperationTypeNode, parse, print, stripIgnoredCharacters } from 'graphql'
import type {
  DocumentNode,
  FieldNode,
  OperationDefinitionNode,
  VariableDefinitionNode,
} from 'graphql'
import type { Path } from '../data.ts'
import type { FetchUnit } from './graph.ts'

/** One `_entities` field of a call. */
export interface SlotPlan {
  readonly unit: FetchUnit
  readonly paths: readonly Path[]
  readonly document: DocumentNode
  /** Response name of the `_entities` field, and the variable that carries its representations. */
  readonly alias: string
  readonly variable: string
}

export interface BatchPlan {
  readonly slots: readonly SlotPlan[]
  readonly text: string
  readonly variables: readonly string[]
}

export function planBatch(units: readonly FetchUnit[]): BatchPlan {
  const slots = mergeEqualUnits(units)
  const [only] = slots
  if (slots.length === 1 && only) {
    return { slots, text: only.unit.text, variables: only.unit.variables }
  }
  const variables = [...new Set(slots.flatMap((slot) => slot.unit.variables))]
  const taken = new Set(variables)
  const renamed = slots.map((slot, index) => ({
    ...slot,
    alias: `_e${index}`,
    variable: freeName(`_r${index}`, taken),
  }))
  return { slots: renamed, text: printBatch(renamed), variables }
}

function mergeEqualUnits(units: readonly FetchUnit[]): SlotPlan[] {
  const slots = new Map<string, SlotPlan>()
  for (const unit of units) {
    const document = parse(unit.text, { noLocation: true })
    const key = JSON.stringify([
      withoutName(document),
      unit.conditions,
      unit.requires,
      unit.inputRewrites,
      unit.outputRewrites,
    ])
    const paths = [...(slots.get(key)?.paths ?? []), unit.path]
    const unique = new Map(paths.map((path) => [JSON.stringify(path), path]))
    slots.set(key, {
      unit,
      paths: [...unique.values()],
      document,
      alias: '_entities',
      variable: 'representations',
    })
  }
  return [...slots.values()]
}

function withoutName(document: DocumentNode): string {
  return print({
    ...document,
    definitions: document.definitions.map((definition) =>
      definition.kind === Kind.OPERATION_DEFINITION
        ? { ...definition, name: { kind: Kind.NAME, value: '_' } }
        : definition,
    ),
  })
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  return taken.has(wanted) ? freeName(`_${wanted}`, taken) : wanted
}

function printBatch(slots: readonly SlotPlan[]): string {
  const definitions = new Map<string, VariableDefinitionNode>()
  const fields: FieldNode[] = []
  for (const slot of slots) {
    const operation = operationOf(slot.document)
    for (const definition of operation.variableDefinitions ?? []) {
      const isOwn = definition.variable.name.value === 'representations'
      const name = isOwn ? slot.variable : definition.variable.name.value
      definitions.set(name, {
        ...definition,
        variable: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: name } },
      })
    }
    fields.push(aliasedField(operation, slot))
  }
  return stripIgnoredCharacters(print(batchDocument(slots, [...definitions.values()], fields)))
}

function batchDocument(
  slots: readonly SlotPlan[],
  variableDefinitions: VariableDefinitionNode[],
  selections: FieldNode[],
): DocumentNode {
  const [first] = slots
  const name = first && operationOf(first.document).name
  const operation: OperationDefinitionNode = {
    kind: Kind.OPERATION_DEFINITION,
    operation: OperationTypeNode.QUERY,
    ...(name && { name }),
    variableDefinitions,
    selectionSet: { kind: Kind.SELECTION_SET, selections },
  }
  return { kind: Kind.DOCUMENT, definitions: [operation] }
}

function aliasedField(operation: OperationDefinitionNode, slot: SlotPlan): FieldNode {
  const field = operation.selectionSet.selections.find((selection) => selection.kind === Kind.FIELD)
  if (!field) throw new Error('An entity fetch without a field cannot be batched.')
  return {
    ...field,
    alias: { kind: Kind.NAME, value: slot.alias },
    arguments: [
      {
        kind: Kind.ARGUMENT,
        name: { kind: Kind.NAME, value: 'representations' },
        value: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: slot.variable } },
      },
    ],
  }
}

export function operationOf(document: DocumentNode): OperationDefinitionNode {
  const operation = document.definitions.find(
    (definition) => definition.kind === Kind.OPERATION_DEFINITION,
  )
  if (!operation) throw new Error('A fetch without an operation cannot be compiled.')
  return operation
}
