/**
 * Copying and assigning received objects. The generated versions name every field once: one object literal
 * per level, or one assignment per field, without walking keys.
 */
import { isInheritedName, isList, read, write } from '../data.ts'
import type { Data } from '../data.ts'
import { generate, literal } from '../generate.ts'
import { cloneData } from './merge.ts'
import type { ReceivedShape } from './shape.ts'

export type Copy = (received: Data) => Data
export type Assign = (target: Data, received: Data) => void

/**
 * A copy of what a fetch received, for a request that shares the answer with others. Names that are expected
 * but not received are undefined in it, which is the same as absent.
 */
export function compileCopy(
  shape: ReceivedShape,
  expected: ReceivedShape,
  isGenerated: boolean,
): Copy {
  if (!isGenerated || hasInheritedName(shape)) return cloneData
  // The outermost object is merged into another one: room is only made in those below it.
  const inside = new Map([...expected].filter(([name]) => shape.has(name)))
  const source = copySource(shape, inside)
  return generate<Copy>(['isList'], `${source.functions}return ${source.name}`)([isList])
}

/** Sets the leaf fields of a received entity on an object that waits for them. */
export function compileAssign(shape: ReceivedShape, isGenerated: boolean): Assign {
  const names = [...shape.keys()]
  if (!isGenerated || hasInheritedName(shape)) {
    return (target, received) => {
      for (const name of names) {
        const value = read(received, name)
        if (value !== undefined) write(target, name, cloneData(value))
      }
    }
  }
  const lines = names.map((name, index) => {
    const key = literal(name)
    const value = `typeof v${index}==='object'?clone(v${index}):v${index}`
    return `const v${index}=r[${key}];if(v${index}!==undefined)t[${key}]=${value};`
  })
  return generate<Assign>(
    ['clone'],
    `return function assign(t,r){${lines.join('\n')}}`,
  )([cloneData])
}

function hasInheritedName(shape: ReceivedShape): boolean {
  return [...shape].some(
    ([name, below]) => isInheritedName(name) || (below !== undefined && hasInheritedName(below)),
  )
}

interface CopySource {
  readonly name: string
  readonly functions: string
}

function copySource(shape: ReceivedShape, expected: ReceivedShape, depth = 'c'): CopySource {
  const below = [...shape].map(([name, inner], index) => ({
    key: literal(name),
    inner: inner && copySource(inner, expected.get(name) ?? new Map(), `${depth}_${index}`),
  }))
  const later = [...expected.keys()].filter((name) => !shape.has(name) && !isInheritedName(name))
  const fields = below.map(({ key, inner }) =>
    inner ? `${key}:${inner.name}(r[${key}])` : `${key}:r[${key}]`,
  )
  const own = `function ${depth}(r){
if(r===null||typeof r!=='object')return r
if(isList(r))return r.map(${depth})
return {${[...fields, ...later.map((name) => `${literal(name)}:undefined`)].join(',')}}}
`
  return { name: depth, functions: below.map(({ inner }) => inner?.functions ?? '').join('') + own }
}
