/**
 * Compiles representations: what an entity call sends to its service about each entity, as JSON text. The text also
 * finds duplicates. Objects without a required field or a type name have none and are skipped: the call that should
 * have brought the field has reported the error. The common case, one fragment of leaf fields on a concrete type, is
 * generated code that joins constant text and values. Rewrites, nesting and overlapping fragments use the plain version.
 */
import type { QueryPlanSelectionNode, FetchDataRewrite } from '@apollo/query-planner'
import { GraphQLID, getNamedType, isObjectType, type GraphQLSchema } from 'graphql'
import {
  holdsInfinite,
  isInheritedName,
  isData,
  isList,
  read,
  write,
  type Data,
  jsonText,
} from '../data.ts'
import { generate, literal } from '../generate.ts'
import { mergeInto, applyRewrites } from '../merge/merge.ts'
import { isOfType } from '../schema-types.ts'
import type { FetchUnit } from '../plan/graph.ts'

/**
 * The text of an entity's representation; undefined when it has none. `isPlain` says that no string of the
 * entity needs escaping. Throws `unsendable`.
 */
export type Represent = (entity: Data, isPlain: boolean) => string | undefined

/** A number of the entity is beyond the range of doubles. Its service would get null: another entity, or none. */
export const unsendable = Symbol('unsendable')

function sendableText(value: unknown): string {
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- very many entities may have such a number.
  if (holdsInfinite(value)) throw unsendable
  return jsonText(value)
}

/** Finds equal entities by their values, so that duplicates need no text. */
export interface Identity {
  /** A value that two different entities rarely share; undefined when there is none. */
  readonly keyOf: (entity: Data) => string | number | undefined
  /** Whether two entities of one key have the same representation; false may also mean "unknown". */
  readonly isSame: (left: Data, right: Data) => boolean
}

export interface Representing {
  readonly represent: Represent
  readonly identity: Identity | undefined
}

export function compileRepresent(
  schema: GraphQLSchema,
  unit: FetchUnit,
  isGenerated: boolean,
): Representing {
  const requires = unit.requires ?? []
  const plain = plainRepresent(schema, requires, unit.inputRewrites)
  if (!isGenerated || unit.inputRewrites.length > 0)
    return { represent: plain, identity: undefined }
  return (
    compileOneType(schema, requires, plain) ?? {
      represent: manyTypes(schema, requires, plain),
      identity: undefined,
    }
  )
}

function compileOneType(
  schema: GraphQLSchema,
  requires: readonly QueryPlanSelectionNode[],
  plain: Represent,
): Representing | undefined {
  const [only] = requires
  if (requires.length !== 1 || only?.kind !== 'InlineFragment') return undefined
  const typeName = only.typeCondition
  if (typeName === undefined || !isObjectType(schema.getType(typeName))) return undefined
  const flat = compileForType(schema, requires, typeName)
  return flat && { represent: oneType(typeName, flat.represent, plain), identity: flat.identity }
}

function oneType(typeName: string, represent: Represent, plain: Represent): Represent {
  return (entity, isPlain) =>
    entity['__typename'] === typeName ? represent(entity, isPlain) : plain(entity, isPlain)
}

function manyTypes(
  schema: GraphQLSchema,
  requires: readonly QueryPlanSelectionNode[],
  plain: Represent,
): Represent {
  const byType = new Map<string, Represent>()
  return (entity, isPlain) => {
    const typename = entity['__typename']
    if (typeof typename !== 'string') return undefined
    let represent = byType.get(typename)
    if (!represent) {
      represent = compileForType(schema, requires, typename)?.represent ?? plain
      // Type names come from subgraphs: only those of the schema are cached.
      if (schema.getType(typename)) byType.set(typename, represent)
    }
    return represent(entity, isPlain)
  }
}

function compileForType(
  schema: GraphQLSchema,
  requires: readonly QueryPlanSelectionNode[],
  typename: string,
): Representing | undefined {
  const matching = requires.filter(
    (selection) =>
      selection.kind !== 'InlineFragment' ||
      (selection.typeCondition !== undefined &&
        isOfType(schema, { __typename: typename }, selection.typeCondition)),
  )
  const [only] = matching
  if (matching.length === 0) return { represent: () => undefined, identity: undefined }
  if (matching.length > 1 || only?.kind !== 'InlineFragment') return undefined
  const names = only.selections.map(leafName)
  if (!names.includes('__typename') || !names.every(isPlainName)) return undefined
  const fields = [...new Set(names)].filter((name) => name !== '__typename')
  return {
    represent: generateText(fields, typename),
    identity: generateIdentity(schema, fields, typename),
  }
}

function leafName(selection: QueryPlanSelectionNode): string | undefined {
  if (selection.kind !== 'Field' || selection.selections) return undefined
  return selection.alias ?? selection.name
}

function isPlainName(name: string | undefined): name is string {
  return name !== undefined && !isInheritedName(name)
}

function generateText(fields: readonly string[], typename: string): Represent {
  const reads = fields.map((name, index) => `const v${index}=o[${literal(name)}];`)
  const missing = fields.map((_name, index) => `v${index}===undefined`).join('||') || 'false'
  const parts = fields.map((name, index) => {
    const v = `v${index}`
    const value = `(p&&typeof ${v}==='string'?'"'+${v}+'"':typeof ${v}==='number'&&(${v}|0)===${v}?${v}:json(${v}))`
    return `+${literal(`,${JSON.stringify(name)}:`)}+${value}`
  })
  const head = literal(`{"__typename":${JSON.stringify(typename)}`)
  return generate<Represent>(
    `represent ${typename}`,
    ['json'],
    `return function represent(o,p){${reads.join('')}
return ${missing}?undefined:${head}${parts.join('')}+'}'}`,
  )([sendableText])
}

function generateIdentity(
  schema: GraphQLSchema,
  fields: readonly string[],
  typename: string,
): Identity | undefined {
  const key = keyField(schema, fields, typename)
  if (key === undefined) return undefined
  const [o, l, r] = ['o', 'l', 'r'].map((name) => `${name}[${literal(key)}]`)
  const others = fields.filter((name) => name !== key)
  const same = others.map((name) => `l[${literal(name)}]===r[${literal(name)}]`)
  const type = `o.__typename===${literal(typename)}`
  return generate<Identity>(
    `compare ${typename} by ${key}`,
    [],
    `return {
keyOf(o){const k=${o};return ${type}&&(typeof k==='string'||typeof k==='number')?k:undefined},
isSame(l,r){return ${[`${l}===${r}`, ...same].join('&&')}}}`,
  )([])
}

function keyField(
  schema: GraphQLSchema,
  fields: readonly string[],
  typename: string,
): string | undefined {
  const type = schema.getType(typename)
  if (!isObjectType(type)) return undefined
  const named = (name: string) => {
    const field = type.getFields()[name]
    return field && getNamedType(field.type).name
  }
  return (
    fields.find((name) => named(name) === GraphQLID.name) ??
    fields.find((name) => named(name) === 'String') ??
    fields[0]
  )
}

export function plainRepresent(
  schema: GraphQLSchema,
  requires: readonly QueryPlanSelectionNode[],
  rewrites: readonly FetchDataRewrite[],
): (entity: Data) => string | undefined {
  return (entity) => {
    const representation = select(schema, requires, entity)
    if (!representation?.['__typename']) return undefined
    applyRewrites(schema, rewrites, representation)
    return sendableText(representation)
  }
}

function select(
  schema: GraphQLSchema,
  selections: readonly QueryPlanSelectionNode[],
  source: Data,
): Data | undefined {
  const result: Data = {}
  for (const selection of selections) {
    if (selection.kind === 'Field') {
      const name = selection.alias ?? selection.name
      const value = read(source, name)
      if (value === undefined) return undefined
      write(result, name, selectValue(schema, selection.selections, value))
    } else if (selection.typeCondition && isOfType(schema, source, selection.typeCondition)) {
      const part = select(schema, selection.selections, source)
      if (part) mergeInto(result, part)
    }
  }
  return result
}

function selectValue(
  schema: GraphQLSchema,
  selections: readonly QueryPlanSelectionNode[] | undefined,
  value: unknown,
): unknown {
  if (!selections) return value
  if (isList(value)) return value.map((item) => selectValue(schema, selections, item))
  return isData(value) ? (select(schema, selections, value) ?? null) : null
}
