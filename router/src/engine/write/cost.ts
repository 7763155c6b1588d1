/** How much work the text of a JSON value is, without making it. */
import { isData, isList, WideObject } from '../data.ts'

/** So many characters of a string are as much work as a value. */
const charactersPerValue = 32

/** The names of an object are listed in one step. */
const manyNames = 2_000
const known = new WeakSet<object>()

/** The number of values, long strings counted as several; anything above `most` where there are more. */
export function costOf(value: unknown, most: number): number {
  const budget = { left: most }
  spend(value, budget)
  return most - budget.left
}

function spend(value: unknown, budget: { left: number }): void {
  budget.left -= 1
  if (typeof value === 'string') budget.left -= Math.floor(value.length / charactersPerValue)
  else if (isList(value)) {
    for (const item of value) {
      if (budget.left < 0) return
      spend(item, budget)
    }
  } else if (value instanceof WideObject) budget.left = -1
  else if (isData(value)) spendMembers(value, budget)
}

function spendMembers(value: Record<string, unknown>, budget: { left: number }): void {
  // It is not listed again by whoever holds it.
  if (known.has(value)) {
    budget.left -= manyNames
    if (budget.left < 0) return
  }
  const names = Object.keys(value)
  if (names.length > manyNames) known.add(value)
  for (const name of names) {
    if (budget.left < 0) return
    budget.left -= Math.floor(name.length / charactersPerValue)
    spend(value[name], budget)
  }
}
