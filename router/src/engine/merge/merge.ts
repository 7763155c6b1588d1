/**
 * Merges the data of a reply into the result as the stock gateway does: objects merge, lists of equal length merge item
 * by item, other values replace. The target takes references to the source, so the source must not be shared.
 *
 * The planner's data rewrites are applied here too. Input rewrites change a representation before it is sent (interface
 * objects rename `__typename`). Output rewrites undo aliases that the planner added to keep a subgraph query valid.
 */
import { isData, isList, read, write, type Data, type Path } from '../data.ts'
import type { GraphQLSchema } from 'graphql'
import type { FetchDataRewrite } from '@apollo/query-planner'
import { isOfType } from '../schema-types.ts'

export function mergeInto(target: Data, source: Data): void {
  for (const key of Object.keys(source)) {
    const value = read(source, key)
    if (value === undefined) continue
    const existing = read(target, key)
    if (isData(existing) && isData(value)) mergeInto(existing, value)
    else if (isList(existing) && isList(value) && canMergeItems(existing, value))
      mergeItems(existing, value)
    else write(target, key, value)
  }
}

/** Lists of leaves are replaced, never modified: several objects and requests may hold the same list. */
function canMergeItems(existing: readonly unknown[], received: readonly unknown[]): boolean {
  return existing.length === received.length && existing.some((item) => typeof item === 'object')
}

function mergeItems(existing: unknown[], received: readonly unknown[]): void {
  received.forEach((item, index) => {
    const current = existing[index]
    if (isData(current) && isData(item)) mergeInto(current, item)
    else if (isList(current) && isList(item) && canMergeItems(current, item))
      mergeItems(current, item)
    else existing[index] = item
  })
}

/** A deep copy of JSON data; keys that are undefined stay absent. */
export function cloneData<T>(value: T): T {
  return cloneValue(value) as T
}

function cloneValue(value: unknown): unknown {
  if (isList(value)) return value.map(cloneValue)
  if (!isData(value)) return value
  const copy: Data = {}
  for (const key of Object.keys(value)) write(copy, key, cloneValue(read(value, key)))
  return copy
}

/**
 * Merges the data of two passes over one query. Objects and lists that changed between the passes keep the data of the
 * first. `contested` names hold different values on purpose.
 */
export function mergeAligned(target: Data, source: Data, contested: ReadonlySet<string>): void {
  if (!isSame(target, source, contested)) return
  for (const key of Object.keys(source)) {
    const value = read(source, key)
    const existing = read(target, key)
    if (existing === undefined) write(target, key, value)
    else alignValues(existing, value, contested)
  }
}

function alignValues(existing: unknown, value: unknown, contested: ReadonlySet<string>): void {
  if (isData(existing) && isData(value)) {
    mergeAligned(existing, value, contested)
  } else if (isList(existing) && isList(value) && existing.length === value.length) {
    existing.forEach((item, index) => alignValues(item, value[index], contested))
  }
}

function isSame(target: Data, source: Data, contested: ReadonlySet<string>): boolean {
  return Object.keys(source).every((key) => {
    const [left, right] = [read(target, key), read(source, key)]
    const isComparable = left !== undefined && typeof left !== 'object' && typeof right !== 'object'
    return !isComparable || contested.has(key) || left === right
  })
}

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
