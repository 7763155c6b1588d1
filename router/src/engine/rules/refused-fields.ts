/** Removes from a client's operation the fields that its caller may not read, before it is planned. */
import {
  GraphQLError,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql'
import type { ClientOperation } from '../plan/client-operation.ts'
import type { Variant } from './variants.ts'

export interface Refused {
  /** The operation without the refused fields: this is planned. The result is written for the whole operation. */
  readonly document: DocumentNode
  /** Their data is not shown, also where a service sends it or a `@requires` needs it. */
  readonly nodes: ReadonlySet<FieldNode>
  /** Response names at the root of the data. */
  readonly rootNames: ReadonlySet<string>
  /** One for each refused field. */
  readonly errors: readonly GraphQLError[]
  /** Nothing remains to be executed. */
  readonly isWhole: boolean
}

/** The most refused fields that one answer names. */
const mostNamed = 50

/** Selected where nothing else of a selection remains, so that the object itself is still resolved. */
const standIn: FieldNode = {
  kind: Kind.FIELD,
  name: { kind: Kind.NAME, value: '__typename' },
}

/** Undefined where nothing is refused. */
export function removeRefused(
  source: ClientOperation,
  schema: GraphQLSchema,
  { isRefused, isUnrestricted }: Pick<Variant, 'isRefused' | 'isUnrestricted'>,
): Refused | undefined {
  if (isUnrestricted) return undefined
  const removed = new Set<FieldNode>()
  const typeInfo = new TypeInfo(schema)
  const document = visit(
    source.document,
    visitWithTypeInfo(typeInfo, {
      Field: (node) => {
        const parent = typeInfo.getParentType()
        if (!parent || !isRefused(parent, node.name.value)) return undefined
        removed.add(node)
        return null
      },
      SelectionSet: {
        leave: (node) =>
          node.selections.length > 0 ? undefined : { ...node, selections: [standIn] },
      },
    }),
  )
  if (removed.size === 0) return undefined
  return { document, nodes: removed, ...describe(source, removed) }
}

function describe(
  source: ClientOperation,
  removed: ReadonlySet<FieldNode>,
): Omit<Refused, 'document' | 'nodes'> {
  const paths = new Map<string, readonly string[]>()
  const rootNames = new Set<string>()
  let hasOther = false
  eachField(source, source.operation.selectionSet, [], (node, path) => {
    const isRoot = path.length === 1
    if (!removed.has(node)) {
      hasOther ||= isRoot
      return true
    }
    if (isRoot) rootNames.add(path.join())
    if (paths.size < mostNamed) paths.set(path.join(), path)
    return false
  })
  const toClient = (name: string): string => source.outputNames.get(name) ?? name
  return {
    rootNames,
    errors: [...paths.values()].map((path) => refusal(path.map(toClient))),
    isWhole: !hasOther,
  }
}

/** Visits the fields of an operation through its fragments; `visit` says whether to go below. */
function eachField(
  source: ClientOperation,
  { selections }: SelectionSetNode,
  path: readonly string[],
  visitField: (node: FieldNode, path: readonly string[]) => boolean,
): void {
  for (const node of selections) {
    if (node.kind === Kind.FIELD) {
      const below = [...path, (node.alias ?? node.name).value]
      if (visitField(node, below) && node.selectionSet) {
        eachField(source, node.selectionSet, below, visitField)
      }
      continue
    }
    const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : source.fragments[node.name.value]
    if (fragment) eachField(source, fragment.selectionSet, path, visitField)
  }
}

function refusal(path: readonly string[]): GraphQLError {
  return new GraphQLError('Unauthorized field or type', {
    path,
    extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' },
  })
}
