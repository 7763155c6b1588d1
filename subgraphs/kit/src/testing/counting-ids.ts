import type { NewId } from '../ids.ts'

/** Sequential ids over all prefixes: `ord_000001`, `ent_000002`. */
export function countingIds(): NewId {
  let count = 0
  return (prefix) => `${prefix}_${String(++count).padStart(6, '0')}`
}
