/**
 * Reading and writing plain JSON objects whose keys clients choose (aliases). JSON holds no functions, so a
 * function found under a key is inherited; `__proto__` is the only inherited name that is not a function.
 */

export type Data = Record<string, unknown>
export type Path = readonly string[]

/** The path element for every item of a list. */
export const everyItem = '@'

export function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
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
