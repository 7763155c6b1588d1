/** One `_entities` field of a call, compiled: how its entities are found, represented and completed. */
import { Kind, parse, type DocumentNode, type SelectionSetNode } from 'graphql'
import type { Data, Path } from '../data.ts'
import { isInterfaceNamed } from '../schema-types.ts'
import {
  compileAssign,
  compileCopy,
  type Assign,
  type Copy,
  expectedAt,
  isLeafOnly,
  replyShape,
  type FetchedShape,
} from '../merge/shape.ts'
import { cloneData } from '../merge/merge.ts'
import { operationOf, type EntityFieldPlan } from '../plan/calls.ts'
import type { FetchUnit } from '../plan/graph.ts'
import { pathKey } from '../plan/intern.ts'
import type { FetchedFields } from './errors.ts'
import { compileFind, type Find } from './find.ts'
import { compileRepresent, type Representing } from './represent.ts'
import type { CallSetting } from './root-call.ts'
import { isSelected, type Run } from './run.ts'

export interface EntityField extends Representing {
  readonly unit: FetchUnit
  readonly paths: readonly Path[]
  readonly alias: string
  readonly variable: string
  readonly find: readonly Find[]
  /** Present when all fields are leaves: they are assigned one by one and never copied. */
  readonly assign: Assign | undefined
  readonly copy: Copy
  readonly fetched: readonly FetchedFields[]
  /** The service may define an interface as an object type and return the interface's name as `__typename`. */
  readonly mayReturnInterface: boolean
}

export function compileEntityField(plan: EntityFieldPlan, setting: CallSetting): EntityField {
  const { unit } = plan
  const selectionSet = entitySelections(plan.document)
  const shape = replyShape(plan.document, selectionSet)
  const isRewritten = unit.outputRewrites.length > 0
  const fetched = fetchedFields(plan.document, selectionSet)
  const canAssign = !isRewritten && isLeafOnly(shape)
  const expected = expectedAt(setting.expected, unit.path)
  return {
    unit,
    paths: plan.paths,
    alias: plan.alias,
    variable: plan.variable,
    find: plan.paths.map((path) =>
      compileFind(path, setting.isGenerated, setting.interned.get(pathKey(path))),
    ),
    ...compileRepresent(setting.schema, unit, setting.isGenerated),
    assign: canAssign ? compileAssign(shape, setting.isGenerated) : undefined,
    copy: isRewritten ? cloneData<Data> : compileCopy(shape, expected, setting.isGenerated),
    fetched,
    mayReturnInterface:
      shape.has('__typename') &&
      fetched.some(({ condition }) => isInterfaceNamed(setting.schema, condition)),
  }
}

/** The shape that a fetch adds to the result, and where. */
export function shapeFetchedBy(unit: FetchUnit): FetchedShape {
  const document = parse(unit.text, { noLocation: true })
  const selectionSet = unit.requires
    ? entitySelections(document)
    : operationOf(document).selectionSet
  return { path: unit.path, shape: replyShape(document, selectionSet) }
}

function entitySelections(document: DocumentNode): SelectionSetNode {
  const { selections } = operationOf(document).selectionSet
  const field = selections.find((selection) => selection.kind === Kind.FIELD)
  return field?.selectionSet ?? { kind: Kind.SELECTION_SET, selections: [] }
}

function fetchedFields(document: DocumentNode, selectionSet: SelectionSetNode): FetchedFields[] {
  return selectionSet.selections.map((selection) => {
    const condition =
      selection.kind === Kind.INLINE_FRAGMENT ? selection.typeCondition?.name.value : undefined
    const own: SelectionSetNode =
      selection.kind === Kind.INLINE_FRAGMENT
        ? selection.selectionSet
        : { kind: Kind.SELECTION_SET, selections: [selection] }
    return { condition, names: [...replyShape(document, own).keys()] }
  })
}

/** The entities of one field in one request: one representation for each distinct entity. */
export interface Representations {
  readonly field: EntityField
  readonly texts: string[]
  /** For each text, the objects of the result that its entity completes. */
  readonly members: Data[][]
}

export function representField(field: EntityField, run: Run): Representations {
  const representations: Representations = { field, texts: [], members: [] }
  if (!isSelected(run, field.unit.conditions)) return representations
  const entities: Data[] = []
  for (const find of field.find) find(run.root, entities)
  if (field.identity) addByKey(representations, field.identity, entities, run.isPlain)
  else addByText(representations, new Map(), entities, run.isPlain)
  return representations
}

type IdentityOf = NonNullable<EntityField['identity']>

/** Most duplicates are found by the raw value of a key; the rest by their text. */
function addByKey(
  representations: Representations,
  identity: IdentityOf,
  entities: readonly Data[],
  isPlain: boolean,
): void {
  const byKey = new Map<string | number, Data[]>()
  const byText = new Map<string, Data[]>()
  for (const entity of entities) {
    const key = identity.keyOf(entity)
    const members = key === undefined ? undefined : byKey.get(key)
    const first = members?.[0]
    if (members && first && identity.isSame(entity, first)) {
      members.push(entity)
      continue
    }
    const joined = addByText(representations, byText, [entity], isPlain)
    if (joined && key !== undefined && !members) byKey.set(key, joined)
  }
}

/** Returns the members of the last entity's text, if it has one. */
function addByText(
  representations: Representations,
  byText: Map<string, Data[]>,
  entities: readonly Data[],
  isPlain: boolean,
): Data[] | undefined {
  let members: Data[] | undefined
  for (const entity of entities) {
    const text = representations.field.represent(entity, isPlain)
    if (text === undefined) continue
    members = byText.get(text)
    if (members) {
      members.push(entity)
      continue
    }
    members = [entity]
    byText.set(text, members)
    representations.texts.push(text)
    representations.members.push(members)
  }
  return members
}
