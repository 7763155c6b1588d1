import { Refusal } from '../errors/refusal.ts'

/** Valid requests nest a few levels; recursive code downstream fails at some thousands. */
const mostLevels = 64

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** Whether parsed JSON is nested too deeply. It goes level by level, so that no depth can exhaust the stack. */
function isTooDeep(value: unknown): boolean {
  let level = [value].filter(isObject)
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth === mostLevels) return true
    level = level.flatMap((parent) => Object.values(parent).filter(isObject))
  }
  return false
}

/** Refuses parsed JSON that is nested more deeply than any request needs. */
export function refuseDeep(value: unknown): void {
  if (isTooDeep(value)) {
    throw new Refusal('BAD_REQUEST', `JSON may be nested at most ${mostLevels} levels deep.`)
  }
}
