/** The compiled operations of one generation: bounded, keyed by the hash of the document and the operation's name. */
import { createHash } from 'node:crypto'
import { operationFromDocument } from '@apollo/federation-internals'
import { GraphQLError, parse, validate } from 'graphql'
import type { DocumentNode } from 'graphql'
import { compileOperation } from './compile.ts'
import type { CompiledOperation, CompileSetting } from './compile.ts'
import type { Generation } from './gateway.ts'
import { createLimitedMap } from './limited-map.ts'
import { aliasConflicts } from './plan/aliases.ts'
import { UnsupportedPlan } from './plan/graph.ts'
import { readOperation } from './plan/operation.ts'
import { findConflicts, splitPasses } from './plan/passes.ts'
import { fieldsRequiredWithArguments, requirementsOf } from './plan/required-fields.ts'
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

export function createOperations(
  generation: Generation,
  setting: CompileSetting,
  mostOperations: number,
): Operations {
  const held = createLimitedMap<CompiledOperation | typeof stockOnly>(mostOperations)
  const compile = createCompiler(generation, setting)
  const find: Operations['find'] = (queryHash, document, operationName) => {
    const key = `${queryHash}:${operationName ?? ''}`
    const known = held.get(key)
    if (known) return known
    const compiled = compile(document, operationName)
    held.set(key, compiled)
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
    const operation = operationFromDocument(generation.plannerSchema, document, named)
    return generation.planner.buildQueryPlan(operation)
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
