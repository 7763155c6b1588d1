/**
 * Copies and assigns objects of replies. The generated versions name every field once, in one object literal per level
 * or one assignment per field, and do not iterate over keys.
 */
import { isInheritedName, isList, read, write, type Data } from '../data.ts'
import { generate, literal } from '../generate.ts'
import { cloneData } from './merge.ts'
import type { ReplyShape } from './shape.ts'

export type Copy = (received: Data) => Data
export type Assign = (target: Data, received: Data) => void

/**
 * Copies the data of a reply that several requests share. Names that later calls bring are undefined in the copy, which is
 * the same as absent.
 */
export function compileCopy(shape: ReplyShape, expected: ReplyShape, isGenerated: boolean): Copy {
  if (!isGenerated || hasInheritedName(shape)) return cloneData
  // The outermost object is merged into another: fields are only reserved in those below it.
  const inside = new Map([...expected].filter(([name]) => shape.has(name)))
  const source = copySource(shape, inside)
  return generate<Copy>(
    `copy ${[...shape.keys()].join(', ')}`,
    ['isList'],
    `${source.functions}return ${source.name}`,
  )([isList])
}

/** Assigns the leaf fields of a received entity to an object of the result. */
export function compileAssign(shape: ReplyShape, isGenerated: boolean): Assign {
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
    `assign ${names.join(', ')}`,
    ['clone'],
    `return function assign(t,r){${lines.join('\n')}}`,
  )([cloneData])
}

function hasInheritedName(shape: ReplyShape): boolean {
  return [...shape].some(
    ([name, below]) => isInheritedName(name) || (below !== undefined && hasInheritedName(below)),
  )
}

interface CopySource {
  readonly name: string
  readonly functions: string
}

function copySource(shape: ReplyShape, expected: ReplyShape, depth = 'c'): CopySource {
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
