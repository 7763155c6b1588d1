/** What the arguments of a field weigh: each its own weight or that of its type, and the fields of input objects. */
import {
  type ArgumentNode,
  type FieldNode,
  getNamedType,
  type GraphQLField,
  type GraphQLInputType,
  isInputObjectType,
  Kind,
  type ValueNode,
  valueFromASTUntyped,
} from 'graphql'
import type { LimitRules } from './limit-rules.ts'

type Variables = Readonly<Record<string, unknown>>

/** A weight that depends on variables. */
export type OpenWeight = (variables: Variables) => number

export interface ArgumentWeights {
  /** Of what is written in the document. */
  readonly fixed: number
  readonly open: readonly OpenWeight[]
}

interface Weighing {
  readonly rules: LimitRules
  /** The weight of an input object without `@cost`. */
  readonly inputObjectWeight: number
}

export interface ArgumentFacts extends Weighing {
  readonly place: string
  readonly definition: GraphQLField<unknown, unknown>
  readonly node: FieldNode
}

export function weighArguments(facts: ArgumentFacts): ArgumentWeights {
  const open: OpenWeight[] = []
  let fixed = 0
  for (const given of facts.node.arguments ?? []) {
    const weigh = weigherOf(facts, given)
    if (!weigh) continue
    if (hasVariables(given.value)) {
      open.push((variables) => weigh(valueFromASTUntyped(given.value, variables)))
    } else fixed += weigh(valueFromASTUntyped(given.value))
  }
  return { fixed, open }
}

type Weigh = (value: unknown) => number

/** Undefined where no value weighs anything. */
function weigherOf(facts: ArgumentFacts, { name }: ArgumentNode): Weigh | undefined {
  const { rules, inputObjectWeight, place, definition } = facts
  const argument = definition.args.find((each) => each.name === name.value)
  if (!argument) return undefined
  const own = rules.weights.get(`${place}(${name.value}:)`)
  if (rules.weighsInputs || inputObjectWeight !== 0) return compileWeigh(facts, argument.type, own)
  return own === undefined ? undefined : (value) => (isAbsent(value) ? 0 : own)
}

/** A list weighs once, and each of its entries: as in Apollo's router. */
function compileWeigh(
  { rules, inputObjectWeight }: Weighing,
  type: GraphQLInputType,
  own: number | undefined,
): Weigh | undefined {
  const named = getNamedType(type)
  const given = own ?? rules.weights.get(named.name)
  if (!isInputObjectType(named)) {
    return given === undefined ? undefined : (value) => given * countValues(value)
  }
  const objectWeight = given ?? inputObjectWeight
  // Compiled when they are needed: an input type may contain itself.
  let fields: (readonly [name: string, weigh: Weigh])[] | undefined
  const weigh: Weigh = (value) => {
    if (isAbsent(value)) return 0
    if (Array.isArray(value)) {
      let sum = given ?? 0
      for (const entry of value) sum += weigh(entry)
      return sum
    }
    fields ??= Object.values(named.getFields()).flatMap((field) => {
      const inner = compileWeigh(
        { rules, inputObjectWeight },
        field.type,
        rules.weights.get(`${named.name}.${field.name}`),
      )
      return inner ? [[field.name, inner] as const] : []
    })
    let sum = objectWeight
    for (const [name, inner] of fields) {
      if (Object.hasOwn(value as Variables, name)) sum += inner((value as Variables)[name])
    }
    return sum
  }
  return weigh
}

/** A list counts as one more than its entries. */
function countValues(value: unknown): number {
  if (isAbsent(value)) return 0
  return Array.isArray(value)
    ? value.reduce((sum: number, entry) => sum + countValues(entry), 1)
    : 1
}

const isAbsent = (value: unknown): boolean => value === undefined || value === null

export function hasVariables(value: ValueNode): boolean {
  if (value.kind === Kind.LIST) return value.values.some(hasVariables)
  if (value.kind === Kind.OBJECT) return value.fields.some((field) => hasVariables(field.value))
  return value.kind === Kind.VARIABLE
}
