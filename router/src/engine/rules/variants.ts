/**
 * Variants of an operation: which overrides are active for a request, and which of its fields the caller may not read.
 * Each variant of a document has its own plan. Where a supergraph has no such directives, nothing of this runs.
 */
import {
  getNamedType,
  isInterfaceType,
  isObjectType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql'
import { createLimitedMap } from '../limited-map.ts'
import { coordinatesOf } from '../plan/requirements.ts'
import type { LoadedSupergraph } from '../supergraph.ts'
import type { AccessRule, EngineDirectives } from './directives.ts'

/** What the caller of a request has proven. */
export interface Rights {
  readonly isAuthenticated: boolean
  readonly scopes: ReadonlySet<string>
}

export interface Variant {
  /** Part of the key of the plan. */
  readonly key: string
  /** The labels of overrides that are active. */
  readonly labels: readonly string[]
  /** Whether the caller may not read a field. */
  readonly isRefused: (parent: GraphQLNamedType, fieldName: string) => boolean
  /** No field of the operation is refused. */
  readonly isUnrestricted: boolean
}

export interface VariantSetting {
  /** Whether a label is active for a request; `percent(n)` is decided without it. */
  readonly isLabelActive: (label: string, context: unknown) => boolean
  readonly rights: (context: unknown) => Rights
  /** A random value from 0 up to 1. */
  readonly chance: () => number
}

export interface Variants {
  /** Undefined where neither a label nor a rule concerns the operation. */
  choose(queryHash: string, document: DocumentNode, context: unknown): Variant | undefined
  /** The variant of a caller with all rights and without active labels. */
  plain(queryHash: string, document: DocumentNode): Variant | undefined
}

/** What the fields of a document refer to. */
interface Facts {
  readonly labels: readonly string[]
  readonly rules: readonly AccessRule[]
}

const mostRemembered = 1_000

export function createVariants(
  { apiSchema, supergraphSchema, directives }: LoadedSupergraph,
  setting: VariantSetting,
): Variants | undefined {
  if (directives.access.size === 0 && directives.labels.size === 0) return undefined
  const known = createLimitedMap<Facts>(mostRemembered)
  const rulesOf = rememberRules(supergraphSchema, directives)
  const factsOf = (queryHash: string, document: DocumentNode): Facts => {
    const found = known.get(queryHash) ?? readFacts(document, apiSchema, directives, rulesOf)
    known.set(queryHash, found)
    return found
  }
  const make = ({ rules }: Facts, labels: readonly string[], unmet: readonly AccessRule[]) => ({
    // A label is free text, but it has no line breaks.
    key: `\n${labels.join('\n')}\n${rules.map((rule) => (unmet.includes(rule) ? 0 : 1)).join('')}`,
    labels,
    isUnrestricted: unmet.length === 0,
    isRefused: (parent: GraphQLNamedType, fieldName: string) =>
      unmet.length > 0 && rulesOf(parent, fieldName).some((rule) => unmet.includes(rule)),
  })
  const isPlain = ({ labels, rules }: Facts) => labels.length + rules.length === 0
  return {
    choose: (queryHash, document, context) => {
      const facts = factsOf(queryHash, document)
      if (isPlain(facts)) return undefined
      const active = facts.labels.filter((label) => isActive(label, context, setting))
      const rights = facts.rules.length > 0 ? setting.rights(context) : undefined
      const unmet = rights ? facts.rules.filter((rule) => !isMet(rule, rights)) : []
      return make(facts, active, unmet)
    },
    plain: (queryHash, document) => {
      const facts = factsOf(queryHash, document)
      return isPlain(facts) ? undefined : make(facts, [], [])
    },
  }
}

const percent = /^percent\((\d{1,3}(?:\.\d{1,8})?)\)$/

/** As documented for Apollo's router, a share of requests, chosen at random. */
function isActive(label: string, context: unknown, setting: VariantSetting): boolean {
  const share = percent.exec(label)?.[1]
  if (share === undefined) return setting.isLabelActive(label, context)
  return setting.chance() * 100 < Number(share)
}

function isMet({ scopes }: AccessRule, rights: Rights): boolean {
  if (scopes === undefined) return rights.isAuthenticated
  return scopes.some((all) => all.every((scope) => rights.scopes.has(scope)))
}

type RulesOf = (parent: GraphQLNamedType, fieldName: string) => readonly AccessRule[]

/**
 * All rules of a field: its own, that of its type, and that of the type it belongs to. A field of an interface has
 * those of every type that may be behind it.
 */
function rememberRules(schema: GraphQLSchema, { access }: EngineDirectives): RulesOf {
  const known = new Map<string, readonly AccessRule[]>()
  const read: RulesOf = (parent, fieldName) => {
    const full = schema.getType(parent.name) ?? parent
    const coordinates = coordinatesOf(schema, full, fieldName)
    const owners = coordinates.map((coordinate) => coordinate.slice(0, coordinate.indexOf('.')))
    const type = fieldType(full, fieldName)
    const names = [...coordinates, ...owners, ...(type === undefined ? [] : [type])]
    return [...new Set(names.flatMap((name) => access.get(name) ?? []))]
  }
  return (parent, fieldName) => {
    if (access.size === 0 || fieldName.startsWith('__')) return []
    const coordinate = `${parent.name}.${fieldName}`
    const rules = known.get(coordinate) ?? read(parent, fieldName)
    known.set(coordinate, rules)
    return rules
  }
}

function fieldType(parent: GraphQLNamedType, fieldName: string): string | undefined {
  if (!isObjectType(parent) && !isInterfaceType(parent)) return undefined
  const field = parent.getFields()[fieldName]
  return field && getNamedType(field.type).name
}

/** In time linear to the document: each fragment is read once. */
function readFacts(
  document: DocumentNode,
  schema: GraphQLSchema,
  { labels: labelOf }: EngineDirectives,
  rulesOf: RulesOf,
): Facts {
  const labels = new Set<string>()
  const rules = new Set<AccessRule>()
  const typeInfo = new TypeInfo(schema)
  visit(
    document,
    visitWithTypeInfo(typeInfo, {
      Field: ({ name }) => {
        const parent = typeInfo.getParentType()
        if (!parent) return
        for (const rule of rulesOf(parent, name.value)) rules.add(rule)
        for (const coordinate of coordinatesOf(schema, parent, name.value)) {
          const label = labelOf.get(coordinate)
          if (label !== undefined) labels.add(label)
        }
      },
    }),
  )
  return { labels: [...labels].sort(), rules: [...rules] }
}
