/** The compiled operations of one supergraph: a bounded cache by document hash and operation name. */
import { createHash } from 'node:crypto'
import { documentBytes } from '@cnop/kit/document-bytes'
import { Operation, operationFromDocument } from '@apollo/federation-internals'
import {
  GraphQLError,
  Kind,
  parse,
  validate,
  visit,
  type DocumentNode,
  type FieldNode,
} from 'graphql'
import { compileOperation, type CompiledOperation, type CompileSetting } from './compile.ts'
import type { LoadedSupergraph } from './supergraph.ts'
import { createLimitedMap } from './limited-map.ts'
import { aliasConflicts, readOperation } from './plan/client-operation.ts'
import { UnsupportedPlan } from './plan/graph.ts'
import { findConflicts, splitPasses } from './plan/passes.ts'
import { fieldsRequiredWithArguments, requirementsOf } from './plan/requirements.ts'
import type { QueryPlan } from '@apollo/query-planner'

/** An operation that only the stock executor can run. */
export const stockOnly = Symbol('stock only')

export interface Operations {
  /** Finds or compiles the operation of a valid document. */
  find(
    queryHash: string,
    document: DocumentNode,
    operationName: string | undefined,
  ): CompiledOperation | typeof stockOnly
  /** Validates and compiles a document, or throws its first error. */
  compile(text: string, operationName: string | undefined): CompiledOperation
  /** The same past the cache, so that its sources are generated again. */
  compileAgain(text: string, operationName: string | undefined): CompiledOperation
  readonly size: number
}

export interface OperationLimits {
  readonly mostOperations: number
  /** The approximate memory of all compiled operations. */
  readonly mostOperationBytes: number
}

export function createOperations(
  supergraph: LoadedSupergraph,
  setting: CompileSetting,
  limits: OperationLimits,
): Operations {
  const held = createLimitedMap<Held>(limits.mostOperations, {
    mostBytes: limits.mostOperationBytes,
    bytesOf: ({ bytes }) => bytes,
  })
  const compile = createCompiler(supergraph, setting)
  const find: Operations['find'] = (queryHash, document, operationName) => {
    const key = keyOf(queryHash, operationName)
    const known = held.get(key)
    if (known) return known.compiled
    const compiled = compile(document, operationName)
    held.set(key, { compiled, bytes: operationBytes(document, compiled) })
    return compiled
  }
  return {
    find,
    compile: (text, operationName) => {
      const hash = createHash('sha256').update(text).digest('hex')
      return compiledOnly(find(hash, validDocument(supergraph, text), operationName))
    },
    compileAgain: (text, operationName) =>
      compiledOnly(compile(validDocument(supergraph, text), operationName)),
    get size() {
      return held.size
    },
  }
}

function validDocument({ apiSchema }: LoadedSupergraph, text: string): DocumentNode {
  const document = parse(text)
  const [problem] = validate(apiSchema, document)
  if (problem) throw problem
  return document
}

function compiledOnly(found: Held['compiled']): CompiledOperation {
  if (found === stockOnly) throw new UnsupportedPlan('Only the stock executor can run this.')
  return found
}

interface Held {
  readonly compiled: CompiledOperation | typeof stockOnly
  readonly bytes: number
}

/** Longer operation names are not passed to subgraphs: a plan repeats the name in each fetch. */
const longestName = 64

function keyOf(queryHash: string, operationName = ''): string {
  if (operationName.length <= longestName) return `${queryHash}:${operationName}`
  return `${queryHash}#${createHash('sha256').update(operationName).digest('hex')}`
}

const isOfIntrospection = (name: string): boolean => name === '__schema' || name === '__type'

/**
 * The part of a document that subgraphs resolve. Introspection is resolved from the API schema. The planner's own
 * introspection types are older (they lack `__Type.isOneOf`), and expanding them would be wasted work.
 */
function withoutIntrospection(document: DocumentNode): DocumentNode {
  const found = { any: false }
  const rest = visit(document, {
    Field: (node) => {
      if (!isOfIntrospection(node.name.value)) return undefined
      found.any = true
      const { alias, directives } = node
      const name = { kind: Kind.NAME, value: '__typename' } as const
      return { kind: Kind.FIELD, alias: alias ?? node.name, name, directives } as FieldNode
    },
  })
  if (!found.any) return document
  return {
    ...rest,
    definitions: rest.definitions.filter(
      (node) =>
        node.kind !== Kind.FRAGMENT_DEFINITION || !node.typeCondition.name.value.startsWith('__'),
    ),
  }
}

function withShortName(operation: Operation): Operation {
  if ((operation.name?.length ?? 0) <= longestName) return operation
  const { rootKind, selectionSet, variableDefinitions, fragments, appliedDirectives } = operation
  return new Operation(
    operation.schema(),
    rootKind,
    selectionSet,
    variableDefinitions,
    fragments,
    undefined,
    appliedDirectives,
  )
}

/** The measured memory of the smallest operation, with its plan and functions. */
const leastBytes = 40_000

/** The approximate memory of a compiled operation, including the writers that may be added to it. */
function operationBytes(document: DocumentNode, compiled: Held['compiled']): number {
  const writers = compiled === stockOnly ? 1 : compiled.mostWriters
  return leastBytes + documentBytes(document) * (1 + writers / 4)
}

function createCompiler(
  supergraph: LoadedSupergraph,
  setting: CompileSetting,
): (
  document: DocumentNode,
  operationName: string | undefined,
) => CompiledOperation | typeof stockOnly {
  const requirements = requirementsOf(supergraph.supergraphSchema)
  const conflicts = findConflicts(requirements)
  const rules = {
    supergraph: supergraph.supergraphSchema,
    requiredWithArguments: fieldsRequiredWithArguments(requirements),
  }
  const planOf = (document: DocumentNode, operationName: string | undefined): QueryPlan => {
    const named = operationName === undefined ? {} : { operationName }
    const data = withoutIntrospection(document)
    const operation = operationFromDocument(supergraph.plannerSchema, data, named)
    return supergraph.planner.buildQueryPlan(withShortName(operation))
  }
  return (document, operationName) => {
    const aliased = aliasConflicts(document, rules)
    const source = readOperation(aliased.document, operationName, aliased.outputNames)
    if (!source) {
      throw new GraphQLError('The document has no such operation.', {
        extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
      })
    }
    const passes = splitPasses(aliased.document, supergraph.apiSchema, conflicts)
    const plans = passes.map((pass) => planOf(pass, operationName))
    try {
      return compileOperation(source, plans, { ...setting, contested: conflicts.contested })
    } catch (error) {
      if (error instanceof UnsupportedPlan) return stockOnly
      throw error
    }
  }
}
