/** Reads from a supergraph what the engine itself enforces: who may read a field, and the labels of overrides. */
import {
  isTypeDefinitionNode,
  Kind,
  parse,
  type ConstDirectiveNode,
  type DefinitionNode,
} from 'graphql'
import { argumentsOf, linkedNames } from './linked-names.ts'

/** What a reader must prove; equal rules are one object. */
export interface AccessRule {
  /** For a list of lists, all scopes of one of them; undefined: only that the reader is authenticated. */
  readonly scopes: readonly (readonly string[])[] | undefined
}

export interface EngineDirectives {
  /** By name of a type, and by `Type.field`. */
  readonly access: ReadonlyMap<string, readonly AccessRule[]>
  /** By `Type.field`: the label that decides which service resolves it. */
  readonly labels: ReadonlyMap<string, string>
}

const enforced: readonly string[] = ['authenticated', 'requiresScopes']

/**
 * Throws where the supergraph uses `@policy`: nothing here could evaluate a policy, and a field that is protected by one
 * must not be served without it.
 */
export function readDirectives(supergraphSdl: string): EngineDirectives {
  const { definitions } = parse(supergraphSdl, { noLocation: true })
  const names = directiveNames(definitions)
  const rules = new Map<string, AccessRule>()
  const access = new Map<string, readonly AccessRule[]>()
  const labels = new Map<string, string>()
  for (const { coordinate, directives } of definitions.flatMap(placesOf)) {
    if (directives.some(({ name }) => name.value === names.policy))
      throw policyIsUnknown(coordinate)
    const own = directives.flatMap((node) => ruleOf(node, names) ?? [])
    if (own.length > 0)
      access.set(
        coordinate,
        own.map((rule) => intern(rules, rule)),
      )
    const label = labelOf(directives)
    if (label !== undefined) labels.set(coordinate, label)
  }
  return { access, labels }
}

interface Place {
  readonly coordinate: string
  readonly directives: readonly ConstDirectiveNode[]
}

/** A type and its fields. */
function placesOf(node: DefinitionNode): Place[] {
  if (!isTypeDefinitionNode(node)) return []
  const type = node.name.value
  const isComposite =
    node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION
  const fields = isComposite ? (node.fields ?? []) : []
  return [
    { coordinate: type, directives: node.directives ?? [] },
    ...fields.map(({ name, directives = [] }) => ({
      coordinate: `${type}.${name.value}`,
      directives,
    })),
  ]
}

interface DirectiveNames {
  readonly authenticated: string
  readonly requiresScopes: string
  readonly policy: string
}

function directiveNames(definitions: readonly DefinitionNode[]): DirectiveNames {
  const nameOf = linkedNames(definitions)
  return {
    authenticated: nameOf('authenticated'),
    requiresScopes: nameOf('requiresScopes'),
    policy: nameOf('policy'),
  }
}

function ruleOf(node: ConstDirectiveNode, names: DirectiveNames): AccessRule | undefined {
  if (node.name.value === names.authenticated) return { scopes: undefined }
  if (node.name.value !== names.requiresScopes) return undefined
  return { scopes: argumentsOf(node)['scopes'] as string[][] }
}

function intern(rules: Map<string, AccessRule>, rule: AccessRule): AccessRule {
  const text = JSON.stringify(rule)
  const known = rules.get(text) ?? rule
  rules.set(text, known)
  return known
}

function labelOf(directives: readonly ConstDirectiveNode[]): string | undefined {
  const labels = directives
    .filter(({ name }) => name.value === 'join__field')
    .map((node) => argumentsOf(node)['overrideLabel'])
  return labels.find((label): label is string => typeof label === 'string')
}

function policyIsUnknown(coordinate: string): Error {
  return new Error(
    `The supergraph protects ${coordinate} by @policy, which this engine cannot evaluate. Use @authenticated or @requiresScopes.`,
  )
}

/**
 * The same supergraph without the demand that its reader enforces access: Apollo's packages refuse to load it otherwise.
 * Features that nobody here enforces keep the demand, and are refused.
 */
export function withoutDemands(supergraphSdl: string): string {
  return supergraphSdl.replaceAll(/@link\(([^()]*)\)/g, (link, given: string) => {
    const [, name] = /url:\s*"https:\/\/specs\.apollo\.dev\/(\w+)\/v/.exec(given) ?? []
    if (name === undefined || !enforced.includes(name)) return link
    return `@link(${given.replace(/,?\s*for:\s*SECURITY/, '')})`
  })
}
