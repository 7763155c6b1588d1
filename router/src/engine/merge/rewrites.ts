/**
 * The planner's data rewrites. Input rewrites change a representation before it is sent (interface objects
 * rename `__typename`); output rewrites undo aliases that the planner added to keep a subgraph query valid.
 */
import { isAbstractType, isInterfaceType, isObjectType } from 'graphql'
import type { GraphQLSchema } from 'graphql'
import type { FetchDataRewrite } from '@apollo/query-planner'
import { isData, isList, read, write } from '../data.ts'
import type { Data, Path } from '../data.ts'

const fragmentPrefix = '... on '

export function applyRewrites(
  schema: GraphQLSchema,
  rewrites: readonly FetchDataRewrite[],
  value: Data,
): void {
  for (const rewrite of rewrites) {
    const name = rewrite.path.at(-1)
    if (name === undefined) continue
    applyAt(schema, rewrite.path.slice(0, -1), value, (found) => rewriteField(rewrite, name, found))
  }
}

function rewriteField(rewrite: FetchDataRewrite, name: string, found: Data): void {
  if (rewrite.kind === 'ValueSetter') {
    write(found, name, rewrite.setValueTo)
    return
  }
  const value = read(found, name)
  // A value that is null or false must move too, or it would stay under the internal name and be lost.
  if (value === undefined) return
  write(found, rewrite.renameKeyTo, value)
  write(found, name, undefined)
}

function applyAt(
  schema: GraphQLSchema,
  path: Path,
  value: unknown,
  change: (found: Data) => void,
): void {
  if (isList(value)) {
    for (const item of value) applyAt(schema, path, item, change)
    return
  }
  if (!isData(value)) return
  const [step, ...rest] = path
  if (step === undefined) {
    change(value)
  } else if (!step.startsWith(fragmentPrefix)) {
    applyAt(schema, rest, read(value, step), change)
  } else if (isOfType(schema, value, step.slice(fragmentPrefix.length), true)) {
    applyAt(schema, rest, value, change)
  }
}

/** Whether an object is of a type, by its `__typename`; `isUnknownAccepted` answers for objects without one. */
export function isOfType(
  schema: GraphQLSchema,
  value: Data,
  condition: string,
  isUnknownAccepted = false,
): boolean {
  const name = value['__typename']
  if (typeof name !== 'string' || name === '') return isUnknownAccepted
  return name === condition || isSubTypeNamed(schema, condition, name)
}

/** Whether the first named type is an abstract type that the second belongs to. */
export function isSubTypeNamed(schema: GraphQLSchema, abstract: string, name: string): boolean {
  const type = schema.getType(name)
  const condition = schema.getType(abstract)
  if (!condition || !isAbstractType(condition)) return false
  return (isObjectType(type) || isInterfaceType(type)) && schema.isSubType(condition, type)
}
