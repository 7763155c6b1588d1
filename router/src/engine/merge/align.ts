/**
 * Merges the data of two passes over one query. Both saw the same world unless it changed in between: objects
 * and lists that do not match are left as the first pass had them.
 */
import { isData, isList, read, write } from '../data.ts'
import type { Data } from '../data.ts'

/** `contested` names hold different values on purpose. */
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
