/** The names that a supergraph's links give the directives of a specification. */
import { Kind, valueFromASTUntyped, type ConstDirectiveNode, type DefinitionNode } from 'graphql'

interface Link {
  readonly feature: string | undefined
  readonly as: string | undefined
  /** By the name that the specification gives: the name here. */
  readonly imported: ReadonlyMap<string, string>
}

const feature = /^https:\/\/specs\.apollo\.dev\/(\w+)\/v/

/** A directive may have another name: its own may be taken, or it may be known under a prefix only. */
export function linkedNames(
  definitions: readonly DefinitionNode[],
): (specification: string, directive?: string) => string {
  const links = definitions.flatMap((node) =>
    node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION
      ? (node.directives ?? []).flatMap(linkOf)
      : [],
  )
  return (specification, directive = specification) => {
    const link = links.find((each) => each.feature === specification)
    const imported = link?.imported.get(directive)
    if (!link || imported !== undefined) return imported ?? directive
    const own = link.as ?? specification
    return directive === specification ? own : `${own}__${directive}`
  }
}

function linkOf(node: ConstDirectiveNode): Link[] {
  if (node.name.value !== 'link') return []
  const { url, as, import: given } = argumentsOf(node)
  return [
    {
      feature: feature.exec(String(url))?.[1],
      as: typeof as === 'string' ? as : undefined,
      imported: new Map(Array.isArray(given) ? given.flatMap(importOf) : []),
    },
  ]
}

function importOf(given: unknown): [string, string][] {
  const { name, as = name } =
    typeof given === 'string' ? { name: given } : (given as Readonly<Record<string, unknown>>)
  return typeof name === 'string' && name.startsWith('@')
    ? [[name.slice(1), String(as).slice(1)]]
    : []
}

export function argumentsOf({ arguments: given = [] }: ConstDirectiveNode) {
  return Object.fromEntries(
    given.map(({ name, value }) => [name.value, valueFromASTUntyped(value)]),
  ) as Readonly<Record<string, unknown>>
}
