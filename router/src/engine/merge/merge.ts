/**
 * Merging what a fetch returned into what is already there, as the stock gateway does: objects merge, lists of
 * equal length merge item by item, anything else replaces. References are adopted, so the source must be owned.
 */
import { isData, isList, read, write } from '../data.ts'
import type { Data } from '../data.ts'

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

/** Lists of leaves are replaced, never written into: several objects and requests may hold the same list. */
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
