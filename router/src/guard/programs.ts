import {
  BREAK,
  type DocumentNode,
  getVariableValues,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  type OperationDefinitionNode,
  visit,
} from 'graphql'
import type { GuardedOperation } from '../operations/operation-stages.ts'
import type { LimitRules } from './limit-rules.ts'
import type { PageCaps } from './operation-cost.ts'
import { compileProgram, type OperationProgram } from './operation-program.ts'

/** Analyses an operation once; cached as long as the server caches the document. */
export type ReadProgram = (operation: ReadOperation) => OperationProgram

type ReadOperation = Pick<GuardedOperation, 'schema' | 'document' | 'definition' | 'variables'>

/** An operation with conditions is analysed for each request: what its variables leave out counts for nothing. */
export function rememberPrograms(rules: LimitRules, caps: PageCaps): ReadProgram {
  const known = new WeakMap<OperationDefinitionNode, OperationProgram | 'conditional'>()
  const ofRequest = new WeakMap<ReadOperation, OperationProgram>()

  function readConditional(operation: ReadOperation): OperationProgram {
    const { definition, document, schema, variables } = operation
    const found = ofRequest.get(operation)
    if (found) return found
    const { coerced } = getVariableValues(schema, definition.variableDefinitions ?? [], variables)
    const conditions = coerced ? { variables: coerced } : {}
    const program = compileProgram({ schema, rules, caps }, document, definition, conditions)
    ofRequest.set(operation, program)
    return program
  }

  return (operation) => {
    const { definition, document, schema } = operation
    const found =
      known.get(definition) ??
      (hasConditions(document)
        ? 'conditional'
        : compileProgram({ schema, rules, caps }, document, definition))
    known.set(definition, found)
    return found === 'conditional' ? readConditional(operation) : found
  }
}

const conditionNames = new Set([GraphQLSkipDirective.name, GraphQLIncludeDirective.name])

function hasConditions(document: DocumentNode): boolean {
  let isFound = false
  visit(document, {
    Directive: ({ name }) => {
      if (!conditionNames.has(name.value)) return undefined
      isFound = true
      return BREAK
    },
  })
  return isFound
}
