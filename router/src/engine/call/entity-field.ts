/** One list of entities of a call, compiled: how they are found, represented, and completed. */
import { Kind, isInterfaceType, parse } from 'graphql'
import type { DocumentNode, GraphQLSchema, SelectionSetNode } from 'graphql'
import type { Data, Path } from '../data.ts'
import { compileAssign, compileCopy } from '../merge/copy.ts'
import type { Assign, Copy } from '../merge/copy.ts'
import { expectedAt } from '../merge/expected.ts'
import type { Brought } from '../merge/expected.ts'
import { cloneData } from '../merge/merge.ts'
import { isLeafOnly, receivedShape } from '../merge/shape.ts'
import { pathKey } from '../plan/intern.ts'
import { operationOf } from '../plan/calls.ts'
import type { SlotPlan } from '../plan/calls.ts'
import type { FetchUnit } from '../plan/graph.ts'
import { compileFind } from './find.ts'
import type { Find } from './find.ts'
import type { BroughtFields } from './errors.ts'
import { compileRepresent } from './represent.ts'
import type { Representing } from './represent.ts'
import type { FetchSetting } from './root-call.ts'

export interface Slot extends Representing {
  readonly unit: FetchUnit
  readonly paths: readonly Path[]
  readonly alias: string
  readonly variable: string
  readonly find: readonly Find[]
  /** Present when the entity's fields are all leaves: they are set one by one and never copied. */
  readonly assign: Assign | undefined
  readonly copy: Copy
  readonly brought: readonly BroughtFields[]
  /** The service may know an interface as an object and answer its name as the entity's type. */
  readonly canAnswerInterface: boolean
}

export function compileSlot(plan: SlotPlan, setting: FetchSetting): Slot {
  const { unit } = plan
  const selectionSet = entitySelections(plan.document)
  const shape = receivedShape(plan.document, selectionSet)
  const isRewritten = unit.outputRewrites.length > 0
  const brought = broughtFields(plan.document, selectionSet)
  const canAssign = !isRewritten && isLeafOnly(shape)
  const expected = expectedAt(setting.expected, unit.path)
  return {
    unit,
    paths: plan.paths,
    alias: plan.alias,
    variable: plan.variable,
    find: plan.paths.map((path) =>
      compileFind(path, setting.isGenerated, setting.alike.get(pathKey(path))),
    ),
    ...compileRepresent(setting.schema, unit, setting.isGenerated),
    assign: canAssign ? compileAssign(shape, setting.isGenerated) : undefined,
    copy: isRewritten ? cloneData<Data> : compileCopy(shape, expected, setting.isGenerated),
    brought,
    canAnswerInterface:
      shape.has('__typename') &&
      brought.some(({ condition }) => isInterfaceNamed(setting.schema, condition)),
  }
}

export function isInterfaceNamed(schema: GraphQLSchema, name: unknown): boolean {
  return typeof name === 'string' && isInterfaceType(schema.getType(name))
}

/** What a fetch brings, and where to. */
export function broughtBy(unit: FetchUnit): Brought {
  const document = parse(unit.text, { noLocation: true })
  const selectionSet = unit.requires
    ? entitySelections(document)
    : operationOf(document).selectionSet
  return { path: unit.path, shape: receivedShape(document, selectionSet) }
}

function entitySelections(document: DocumentNode): SelectionSetNode {
  const { selections } = operationOf(document).selectionSet
  const field = selections.find((selection) => selection.kind === Kind.FIELD)
  return field?.selectionSet ?? { kind: Kind.SELECTION_SET, selections: [] }
}

function broughtFields(document: DocumentNode, selectionSet: SelectionSetNode): BroughtFields[] {
  return selectionSet.selections.map((selection) => {
    const condition =
      selection.kind === Kind.INLINE_FRAGMENT ? selection.typeCondition?.name.value : undefined
    const own: SelectionSetNode =
      selection.kind === Kind.INLINE_FRAGMENT
        ? selection.selectionSet
        : { kind: Kind.SELECTION_SET, selections: [selection] }
    return { condition, names: [...receivedShape(document, own).keys()] }
  })
}
