/**
 * The planner's data rewrites. Input rewrites change a representation before it is sent (interface objects rename
 * `__typename`). Output rewrites undo aliases that the planner added to keep a subgraph query valid.
 */
import type { GraphQLSchema } from 'graphql'
import type { FetchDataRewrite } from '@apollo/query-planner'
import { isOfType } from '../schema-types.ts'
import { isData, isList, read, write, type Data, type Path } from '../data.ts'

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
  // Null and false are moved too: under the internal name they would be lost.
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
