import {
  type ConstValueNode,
  type DocumentNode,
  type FieldNode,
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
  type ValueNode,
  valueFromASTUntyped,
} from 'graphql'
import {
  type Fragments,
  fragmentsOf,
  responseNameOf,
  visitFields,
} from '../operations/collect-fields.ts'
import { hasVariables } from './argument-cost.ts'
import { type CostNode, makeCostNode, type PageCaps } from './operation-cost.ts'
import type { FieldLimit, LimitRules } from './limit-rules.ts'
import type { GuardedOperation } from '../operations/operation-stages.ts'

interface FieldUse {
  readonly limit: FieldLimit
  /** Uses that count regardless of variables. */
  uses: number
  /** Arguments with variables: each adds a use when the condition of its limit is met. */
  readonly switches: Switch[]
}

interface Switch {
  readonly value: ValueNode
  readonly path: readonly string[]
}

type Variables = Readonly<Record<string, unknown>>

/** How many uses count with these variables. */
export function countUses({ uses, switches }: FieldUse, variables: Variables): number {
  return uses + switches.filter(({ value, path }) => isGiven(value, path, variables)).length
}

/** Whether the path of an argument has a value; null and false count as absent. */
function isGiven(value: ValueNode, path: readonly string[], variables?: Variables): boolean {
  let found = valueFromASTUntyped(value, variables)
  for (const step of path) found = (found as Variables | null | undefined)?.[step]
  return found !== undefined && found !== null && found !== false
}

/** The facts of an operation that do not depend on variables, but for `@skip` and `@include`. */
export interface OperationProgram {
  /**
   * The response names under which it signs in, by call: neighbours of one subgraph are one call, which stops at the first
   * field that fails.
   */
  readonly signIns: readonly (readonly string[])[]
  /** Uses of limited fields, by budget. */
  readonly fieldUses: ReadonlyMap<string, FieldUse>
  /** The subgraphs that it touches. */
  readonly services: ReadonlySet<string>
  readonly costs: readonly CostNode[]
  readonly variables: readonly {
    readonly name: string
    readonly fallback: unknown
  }[]
}

export interface Surroundings {
  readonly schema: GraphQLSchema
  readonly rules: LimitRules
  readonly caps: PageCaps
}

/** With variables, fields that `@skip` and `@include` leave out do not count; without, all do. */
interface Conditions {
  readonly variables?: Variables
}

interface Compiling extends Surroundings {
  readonly fragments: Fragments
  readonly conditions: Conditions
  readonly fieldUses: Map<string, FieldUse>
  readonly services: Set<string>
}

export function compileProgram(
  surroundings: Surroundings,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  conditions: Conditions = {},
): OperationProgram {
  const compiling: Compiling = {
    ...surroundings,
    fragments: fragmentsOf(document),
    conditions,
    fieldUses: new Map(),
    services: new Set(),
  }
  const root = surroundings.schema.getRootType(operation.operation)
  const fields = root ? collect(compiling, root, [operation.selectionSet]) : []
  return {
    signIns: findSignIns(surroundings.rules, fields),
    fieldUses: compiling.fieldUses,
    services: compiling.services,
    costs: fields.flatMap((field) => compileField(compiling, field, '')),
    variables: (operation.variableDefinitions ?? []).map(({ variable, defaultValue }) => ({
      name: variable.name.value,
      fallback: readDefault(defaultValue),
    })),
  }
}

const readDefault = (value: ConstValueNode | undefined): unknown =>
  value && valueFromASTUntyped(value)

/** An operation's variables, with the defaults that its document gives them. */
export function variablesOf(
  { variables }: OperationProgram,
  { variables: given }: Pick<GuardedOperation, 'variables'>,
): Readonly<Record<string, unknown>> {
  const missing = variables.filter(
    ({ name, fallback }) => fallback !== undefined && given[name] === undefined,
  )
  if (missing.length === 0) return given
  return { ...given, ...Object.fromEntries(missing.map(({ name, fallback }) => [name, fallback])) }
}

function findSignIns({ places }: LimitRules, fields: readonly Collected[]): readonly string[][] {
  const calls: { readonly service: string; readonly signIns: string[] }[] = []
  for (const { parent, name, responseName } of fields) {
    const service = places.get(`${parent.name}.${name}`)?.services[0]
    // The router answers `__typename` itself.
    if (parent.name !== 'Mutation' || service === undefined) continue
    const last = calls.at(-1)
    const call = last?.service === service ? last : { service, signIns: [] }
    if (call !== last) calls.push(call)
    if (name === 'signIn') call.signIns.push(responseName)
  }
  return calls.map(({ signIns }) => signIns).filter((names) => names.length > 0)
}

interface Collected {
  readonly parent: GraphQLCompositeType
  readonly name: string
  readonly responseName: string
  readonly first: FieldNode
  readonly selectionSets: SelectionSetNode[]
}

/** The fields of one object; equal response names of one type are one field. */
function collect(
  { schema, fragments, conditions }: Compiling,
  type: GraphQLCompositeType,
  selectionSets: readonly SelectionSetNode[],
): Collected[] {
  const fields = new Map<string, Collected>()
  const narrow = (parent: GraphQLCompositeType, typeName: string): GraphQLCompositeType => {
    const condition = schema.getType(typeName)
    return isCompositeType(condition) ? condition : parent
  }
  visitFields(type, selectionSets, { ...conditions, fragments, narrow }, (node, parent) => {
    addField(fields, parent, node)
  })
  return [...fields.values()]
}

function addField(
  fields: Map<string, Collected>,
  parent: GraphQLCompositeType,
  node: FieldNode,
): void {
  const name = node.name.value
  const responseName = responseNameOf(node)
  const key = `${parent.name}.${responseName}`
  const field = fields.get(key) ?? { parent, name, responseName, first: node, selectionSets: [] }
  if (node.selectionSet) field.selectionSets.push(node.selectionSet)
  fields.set(key, field)
}

function compileField(compiling: Compiling, collected: Collected, at: string): CostNode[] {
  const { parent, name, first, selectionSets } = collected
  const definition = fieldOf(parent, name)
  if (!definition) return []
  const place = `${parent.name}.${name}`
  noteUse(compiling, place, first)
  const service = noteService(compiling, place, parent.name, at)
  const type = getNamedType(definition.type)
  const children = isCompositeType(type)
    ? collect(compiling, type, selectionSets).flatMap((child) =>
        compileField(compiling, child, service),
      )
    : []
  const { responseName } = collected
  return [makeCostNode({ ...compiling, parent, responseName, definition, node: first, children })]
}

function fieldOf(
  parent: GraphQLCompositeType,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined
}

function noteUse({ rules, fieldUses }: Compiling, place: string, node: FieldNode): void {
  for (const limit of rules.fieldLimits.get(place) ?? []) {
    const counts = countsWhen(limit, node)
    if (counts === false) continue
    const use = fieldUses.get(limit.budget) ?? { limit, uses: 0, switches: [] }
    if (counts === true) use.uses += 1
    else use.switches.push(counts)
    fieldUses.set(limit.budget, use)
  }
}

/** Whether a use counts, or the argument that decides it with the variables. */
function countsWhen({ when: [name, ...path] }: FieldLimit, node: FieldNode): boolean | Switch {
  if (name === undefined) return true
  const value = node.arguments?.find((argument) => argument.name.value === name)?.value
  if (!value) return false
  return hasVariables(value) ? { value, path } : isGiven(value, path)
}

/**
 * Which subgraph resolves a field: the one that resolved its parent if it can, like the planner. Requirements from
 * other subgraphs are counted first.
 */
function noteService(
  { rules, services }: Compiling,
  place: string,
  parent: string,
  at: string,
): string {
  const found = rules.places.get(place)
  if (!found) return at
  const service = found.services.includes(at) ? at : (found.services[0] ?? at)
  services.add(service)
  for (const name of requiredFields(found.requires.get(service))) {
    const owners = rules.places.get(`${parent}.${name}`)?.services ?? []
    if (!owners.includes(at) && owners[0]) services.add(owners[0])
  }
  return service
}

function requiredFields(requires: string | undefined): string[] {
  if (requires === undefined) return []
  const [definition] = parse(`{ ${requires} }`, { noLocation: true }).definitions
  if (definition?.kind !== Kind.OPERATION_DEFINITION) return []
  return definition.selectionSet.selections.flatMap((node) =>
    node.kind === Kind.FIELD ? [node.name.value] : [],
  )
}
