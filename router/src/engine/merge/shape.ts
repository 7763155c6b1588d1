/**
 * The shape of a reply, from the operation of its fetch: response names and the shapes below them. Copies and
 * assignments are generated for exactly these names: in one object literal per level, or one assignment per field, and
 * without iterating over keys.
 */
import { Kind, type DocumentNode, type SelectionSetNode } from 'graphql'
import { everyItem, type Path, isInheritedName, isList, read, write, type Data } from '../data.ts'
import { generate, literal } from '../generate.ts'
import { cloneData } from './merge.ts'

/** Response names in order; a leaf has no shape. */
export type ReplyShape = ReadonlyMap<string, ReplyShape | undefined>

type MutableShape = Map<string, MutableShape | undefined>

export function replyShape(document: DocumentNode, selectionSet: SelectionSetNode): ReplyShape {
  const shape: MutableShape = new Map()
  addSelections(document, selectionSet, shape)
  return shape
}

function addSelections(
  document: DocumentNode,
  selectionSet: SelectionSetNode,
  shape: MutableShape,
): void {
  for (const selection of selectionSet.selections) {
    if (selection.kind !== Kind.FIELD) {
      const inner =
        selection.kind === Kind.INLINE_FRAGMENT
          ? selection.selectionSet
          : fragmentSelections(document, selection.name.value)
      if (inner) addSelections(document, inner, shape)
      continue
    }
    const name = selection.alias?.value ?? selection.name.value
    if (!selection.selectionSet) {
      if (!shape.has(name)) shape.set(name, undefined)
      continue
    }
    const below: MutableShape = shape.get(name) ?? new Map<string, MutableShape | undefined>()
    addSelections(document, selection.selectionSet, below)
    shape.set(name, below)
  }
}

function fragmentSelections(document: DocumentNode, name: string): SelectionSetNode | undefined {
  const fragment = document.definitions.find(
    (definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name,
  )
  return fragment && 'selectionSet' in fragment ? fragment.selectionSet : undefined
}

export function isLeafOnly(shape: ReplyShape): boolean {
  return [...shape.values()].every((below) => below === undefined)
}

export interface FetchedShape {
  readonly path: Path
  readonly shape: ReplyShape
}

/**
 * The shape of the result when all calls of a plan have ended. Copies reserve the fields that later calls bring: an
 * object that grows afterwards is slower to read and leaves more garbage.
 */
export function expectedShape(fetched: readonly FetchedShape[]): ReplyShape {
  const root: MutableShape = new Map()
  for (const { path, shape } of fetched) addShape(shapeAt(root, path), shape)
  return root
}

/** The expected shape below a path; empty when no call reaches the path. */
export function expectedAt(shape: ReplyShape, path: Path): ReplyShape {
  let found: ReplyShape | undefined = shape
  for (const step of path) if (step !== everyItem) found = found?.get(step)
  return found ?? new Map()
}

function shapeAt(root: MutableShape, path: Path): MutableShape {
  let found = root
  for (const step of path) if (step !== everyItem) found = below(found, step)
  return found
}

function below(shape: MutableShape, name: string): MutableShape {
  const known = shape.get(name)
  if (known) return known
  const made: MutableShape = new Map()
  shape.set(name, made)
  return made
}

function addShape(target: MutableShape, shape: ReplyShape): void {
  for (const [name, inner] of shape) {
    if (inner) addShape(below(target, name), inner)
    else if (!target.has(name)) target.set(name, undefined)
  }
}

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
