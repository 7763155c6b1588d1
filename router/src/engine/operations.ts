/** The compiled operations of one generation: bounded, keyed by the hash of the document and the operation's name. */
import { createHash } from 'node:crypto'
import { documentBytes } from '@cnop/kit/document-bytes'
import { Operation, operationFromDocument } from '@apollo/federation-internals'
import { GraphQLError, Kind, parse, validate, visit } from 'graphql'
import type { DocumentNode, FieldNode } from 'graphql'
import { compileOperation } from './compile.ts'
import type { CompiledOperation, CompileSetting } from './compile.ts'
import type { Generation } from './supergraph.ts'
import { createLimitedMap } from './limited-map.ts'
import { aliasConflicts } from './plan/aliases.ts'
import { UnsupportedPlan } from './plan/graph.ts'
import { readOperation } from './plan/client-operation.ts'
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
  /** Compiles a document that nobody has validated, or throws what is wrong with it. */
  compile(text: string, operationName: string | undefined): CompiledOperation
  readonly size: number
}

export interface OperationLimits {
  readonly mostOperations: number
  /** Of all compiled operations together, roughly. */
  readonly mostOperationBytes: number
}

export function createOperations(
  generation: Generation,
  setting: CompileSetting,
  limits: OperationLimits,
): Operations {
  const held = createLimitedMap<Held>(limits.mostOperations, {
    mostBytes: limits.mostOperationBytes,
    bytesOf: ({ bytes }) => bytes,
  })
  const compile = createCompiler(generation, setting)
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
      const document = parse(text)
      const [problem] = validate(generation.apiSchema, document)
      if (problem) throw problem
      const found = find(createHash('sha256').update(text).digest('hex'), document, operationName)
      if (found === stockOnly) throw new UnsupportedPlan('Only the stock executor can run this.')
      return found
    },
    get size() {
      return held.size
    },
  }
}

interface Held {
  readonly compiled: CompiledOperation | typeof stockOnly
  readonly bytes: number
}

/** Longer names of clients are not passed on: a plan repeats the name in each of its fetches. */
const longestName = 64

/** A name may be as long as a request; the key is not. */
function keyOf(queryHash: string, operationName = ''): string {
  if (operationName.length <= longestName) return `${queryHash}:${operationName}`
  return `${queryHash}#${createHash('sha256').update(operationName).digest('hex')}`
}

const isOfIntrospection = (name: string): boolean => name === '__schema' || name === '__type'

/**
 * What subgraphs have to be asked for. Introspection is answered from the API schema; the planner's own idea of it is
 * older (it lacks `__Type.isOneOf`), and unfolding it would cost much for nothing.
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

/** Measured: what even the smallest operation takes, with its plan and its functions. */
const leastBytes = 40_000

/** About the memory of a compiled operation; writers for the values of @skip and @include are made later. */
function operationBytes(document: DocumentNode, compiled: Held['compiled']): number {
  const writers = compiled === stockOnly ? 1 : compiled.mostWriters
  return leastBytes + documentBytes(document) * (1 + writers / 4)
}

function createCompiler(
  generation: Generation,
  setting: CompileSetting,
): (
  document: DocumentNode,
  operationName: string | undefined,
) => CompiledOperation | typeof stockOnly {
  const requirements = requirementsOf(generation.supergraphSchema)
  const conflicts = findConflicts(requirements)
  const rules = {
    supergraph: generation.supergraphSchema,
    requiredWithArguments: fieldsRequiredWithArguments(requirements),
  }
  const planOf = (document: DocumentNode, operationName: string | undefined): QueryPlan => {
    const named = operationName === undefined ? {} : { operationName }
    const data = withoutIntrospection(document)
    const operation = operationFromDocument(generation.plannerSchema, data, named)
    return generation.planner.buildQueryPlan(withShortName(operation))
  }
  return (document, operationName) => {
    const aliased = aliasConflicts(document, rules)
    const source = readOperation(aliased.document, operationName, aliased.outputNames)
    if (!source) {
      throw new GraphQLError('The document has no such operation.', {
        extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
      })
    }
    const passes = splitPasses(aliased.document, generation.apiSchema, conflicts)
    const plans = passes.map((pass) => planOf(pass, operationName))
    try {
      return compileOperation(source, plans, { ...setting, contested: conflicts.contested })
    } catch (error) {
      if (error instanceof UnsupportedPlan) return stockOnly
      throw error
    }
  }
}
