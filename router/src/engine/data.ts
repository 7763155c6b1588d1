/**
 * Reading and writing plain JSON objects whose keys clients choose (aliases). JSON holds no functions, so a
 * function found under a key is inherited; `__proto__` is the only inherited name that is not a function.
 *
 * Integers beyond 2^53 are preserved: they are parsed as `bigint` and written unchanged. Most texts have none, and only
 * every sixteenth character is inspected.
 */

export type Data = Record<string, unknown>
export type Path = readonly string[]

/** The path element for every item of a list. */
export const everyItem = '@'

/**
 * An object of very many names, as the objects of its parts of the text: a value of a custom scalar that is passed on. It
 * is never changed, and nothing reads its names.
 */
export class WideObject {
  readonly #parts: readonly Data[]
  /** The name of no type: where a type has fields, it is an invalid value. */
  readonly __typename = false

  constructor(parts: readonly Data[]) {
    this.#parts = parts
  }

  parts(): readonly Data[] {
    return this.#parts
  }

  /** As for a long integer, `jsonText` writes it. */
  toJSON(): never {
    throw new TypeError('JSON.stringify does not write a wide object.')
  }
}

export function isData(value: unknown): value is Data {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof WideObject)
  )
}

export function isList(value: unknown): value is unknown[] {
  return Array.isArray(value)
}

/** The object's own value for a name, never an inherited one. */
export function read(source: Data, name: string): unknown {
  const value = source[name]
  if (typeof value !== 'function' && name !== '__proto__') return value
  return Object.hasOwn(source, name) ? value : undefined
}

export function write(target: Data, name: string, value: unknown): void {
  if (name !== '__proto__') target[name] = value
  else
    Object.defineProperty(target, name, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    })
}

/** Whether generated code must read this name through `read`. */
export function isInheritedName(name: string): boolean {
  return name in Object.prototype
}

/** The smallest integer that a double does not hold has sixteen digits. */
const fewestDigits = 16

export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text)
  return hasLongNumber(text) ? parseExactly(text) : value
}

/** Whether a text may hold an integer that no double holds. A run of sixteen digits covers exactly one of the inspected positions. */
export function hasLongNumber(text: string): boolean {
  for (let at = fewestDigits - 1; at < text.length; at += fewestDigits) {
    if (isDigit(text, at) && digitsAround(text, at) >= fewestDigits) return true
  }
  return false
}

function digitsAround(text: string, at: number): number {
  let [from, to] = [at, at + 1]
  while (isDigit(text, from - 1)) from -= 1
  while (isDigit(text, to)) to += 1
  return to - from
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code >= 0x30 && code <= 0x39
}

/** Random per process, so that no text contains it. */
const mark = `${crypto.randomUUID()}:`
/** No part of a fraction. The conversion of an integer takes more than linear time; one with more digits is read as any other number. */
const longInteger = /(?<![\d.eE+-])-?\d{16,1000}(?![\d.eE])/g

/** The text is valid JSON. Its long integers become marked strings, and those become integers again. */
function parseExactly(text: string): unknown {
  let marked = ''
  let at = 0
  while (at < text.length) {
    const quote = text.indexOf('"', at)
    const end = quote === -1 ? text.length : quote
    marked += text.slice(at, end).replaceAll(longInteger, markLong)
    at = quote === -1 ? end : endOfString(text, quote)
    marked += text.slice(end, at)
  }
  return unmark(JSON.parse(marked))
}

/** Faster than a reviver of JSON.parse. */
function unmark(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value
  }
  if (isList(value)) {
    for (let index = 0; index < value.length; index += 1) value[index] = unmark(value[index])
  } else if (isData(value)) {
    for (const name of Object.keys(value)) {
      const member = value[name]
      if (typeof member !== 'string') unmark(member)
      else if (member.startsWith(mark)) write(value, name, unmark(member))
    }
  }
  return value
}

function markLong(integer: string): string {
  return Number.isSafeInteger(Number(integer)) ? integer : `"${mark}${integer}"`
}

function endOfString(text: string, quote: number): number {
  let at = quote + 1
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

/** Whether a value holds an integer that no double holds. */
export function hasLongInteger(value: unknown): boolean {
  if (typeof value === 'bigint') return true
  if (isList(value)) return value.some(hasLongInteger)
  return isData(value) && Object.keys(value).some((name) => hasLongInteger(value[name]))
}

/** The text of a value of the data. JSON.stringify throws where it meets a long integer. */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch (error) {
    // Other errors say that the value is nested too deeply.
    if (!(error instanceof TypeError)) throw error
    return exactText(value)
  }
}

/** Most members of a value with a long integer have none. */
function memberText(value: unknown): string {
  return typeof value === 'bigint' ? String(value) : jsonText(value)
}

function exactText(value: unknown): string {
  if (typeof value === 'bigint') return String(value)
  if (isList(value)) return `[${value.map(memberText).join(',')}]`
  if (value instanceof WideObject) {
    return `{${value
      .parts()
      .map((part) => jsonText(part).slice(1, -1))
      .join(',')}}`
  }
  if (!isData(value)) return JSON.stringify(value)
  const members = Object.entries(value).flatMap(([name, inner]) =>
    inner === undefined ? [] : [`${JSON.stringify(name)}:${memberText(inner)}`],
  )
  return `{${members.join(',')}}`
}

/** How many values are looked at: no more are written at once. */
const mostLooks = 100_000

/**
 * Whether a value holds a number beyond the range of doubles (`1e400`), which is read as infinite. JSON has no text for
 * it: JSON.stringify writes null.
 */
export function holdsInfinite(value: unknown, left = { looks: mostLooks }): boolean {
  left.looks -= 1
  if (left.looks < 0) return false
  if (typeof value === 'number') return !Number.isFinite(value)
  if (isList(value)) return value.some((item) => holdsInfinite(item, left))
  if (value instanceof WideObject) return value.parts().some((part) => holdsInfinite(part, left))
  return isData(value) && Object.values(value).some((member) => holdsInfinite(member, left))
}
