/** One `_entities` field of a call, compiled: how its entities are found, represented and completed. */
import { Kind, type DocumentNode, type SelectionSetNode } from 'graphql'
import type { Data, Path } from '../data.ts'
import { whenNeeded } from '../generate.ts'
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
import { parseFetch, type FetchUnit } from '../plan/graph.ts'
import { pathKey } from '../plan/intern.ts'
import type { FetchedFields } from './errors.ts'
import { compileFind, type Find } from './find.ts'
import { compileRepresent, type Representing, unsendable } from './represent.ts'
import type { CallSetting } from './root-call.ts'
import type { Pause } from '../turns.ts'
import { isSelected, type Run } from './run.ts'

export interface EntityField extends Representing {
  readonly unit: FetchUnit
  readonly paths: readonly Path[]
  readonly alias: string
  readonly variable: string
  readonly find: readonly Find[]
  /** The same without interning, which takes long where there are very many objects. */
  readonly findEach: () => readonly Find[]
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
    findEach: whenNeeded(() => plan.paths.map((path) => compileFind(path, setting.isGenerated))),
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
  const document = parseFetch(unit.text)
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
  /** All texts as the items of a list, where they were joined ahead. */
  joined?: string
  /** For each text, the objects of the result that its entity completes. */
  readonly members: Data[][]
  /** Objects that cannot be asked for. */
  readonly refused: Data[]
}

export function representField(field: EntityField, run: Run): Representations {
  const representations = noneOf(field)
  if (!isSelected(run, field.unit.conditions)) return representations
  const entities: Data[] = []
  for (const find of field.find) find(run.root, entities)
  const [only] = entities
  if (only && entities.length === 1) addOnly(representations, only, run.isPlain)
  else {
    const add = openAdding(representations)
    for (const entity of entities) add(entity, run.isPlain)
  }
  return representations
}

function noneOf(field: EntityField): Representations {
  return { field, texts: [], members: [], refused: [] }
}

/** An entity without others has no duplicates. */
function addOnly(representations: Representations, entity: Data, isPlain: boolean): void {
  const text = textOf(representations, entity, isPlain)
  if (text === undefined) return
  representations.texts.push(text)
  representations.members.push([entity])
}

/** How many entities are represented between two looks at the clock. */
const lookEvery = 500

/** The same, and lets the event loop go on meanwhile. */
export async function representInTurns(
  field: EntityField,
  run: Run,
  pause: Pause,
): Promise<Representations> {
  const representations = noneOf(field)
  if (!isSelected(run, field.unit.conditions)) return representations
  const add = openAdding(representations)
  const entities: Data[] = []
  for (const find of field.findEach()) {
    find(run.root, entities)
    await pause()
  }
  for (const [index, entity] of entities.entries()) {
    add(entity, run.isPlain)
    if (index % lookEvery === 0) await pause()
  }
  representations.joined = await joinInTurns(representations.texts, pause)
  return representations
}

async function joinInTurns(texts: readonly string[], pause: Pause): Promise<string> {
  const parts: string[] = []
  for (let from = 0; from < texts.length; from += lookEvery) {
    parts.push(texts.slice(from, from + lookEvery).join(','))
    await pause()
  }
  return parts.join(',')
}

/** The list of the representations, as JSON. */
export function listOf(representations: Representations | undefined): string {
  if (!representations) return '[]'
  return `[${representations.joined ?? representations.texts.join(',')}]`
}

type Add = (entity: Data, isPlain: boolean) => void

/** Most duplicates are found by the raw value of a key; the rest by their text. */
function openAdding(representations: Representations): Add {
  const { identity } = representations.field
  const byText = new Map<string, Data[]>()
  const add = (entity: Data, isPlain: boolean) =>
    addByText(representations, byText, entity, isPlain)
  return identity ? addByKey(identity, add) : (entity, isPlain) => void add(entity, isPlain)
}

type AddText = (entity: Data, isPlain: boolean) => Data[] | undefined

function addByKey({ keyOf, isSame }: NonNullable<EntityField['identity']>, addText: AddText): Add {
  const byKey = new Map<string | number, Data[]>()
  return (entity, isPlain) => {
    const key = keyOf(entity)
    const members = key === undefined ? undefined : byKey.get(key)
    const first = members?.[0]
    if (members && first && isSame(entity, first)) {
      members.push(entity)
      return
    }
    const joined = addText(entity, isPlain)
    if (joined && key !== undefined && !members) byKey.set(key, joined)
  }
}

/** Returns the members of the entity's text, if it has one. */
function addByText(
  representations: Representations,
  byText: Map<string, Data[]>,
  entity: Data,
  isPlain: boolean,
): Data[] | undefined {
  const text = textOf(representations, entity, isPlain)
  if (text === undefined) return undefined
  const known = byText.get(text)
  if (known) {
    known.push(entity)
    return known
  }
  const members = [entity]
  byText.set(text, members)
  representations.texts.push(text)
  representations.members.push(members)
  return members
}

function textOf(
  { field, refused }: Representations,
  entity: Data,
  isPlain: boolean,
): string | undefined {
  try {
    return field.represent(entity, isPlain)
  } catch (error) {
    if (error !== unsendable) throw error
    refused.push(entity)
    return undefined
  }
}
