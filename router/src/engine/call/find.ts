/**
 * Finds the objects at a path, whose `@` elements stand for every item of a list. Nulls are skipped. The generated
 * version is nested loops with named property reads. Where rules allow it (see plan/intern.ts), equal objects are interned
 * while they are found: one object replaces its equals.
 */
import { everyItem, isInheritedName, isData, isList, read, type Data, type Path } from '../data.ts'
import { generate, literal } from '../generate.ts'
import type { InternRule } from '../plan/intern.ts'

/** Adds the objects at a fixed path below `root` to `found`. */
export type Find = (root: Data, found: Data[]) => void

/** With a rule, equal objects are interned and found once. */
export function compileFind(path: Path, isGenerated: boolean, alike?: InternRule): Find {
  const plain: Find = (root, found) => collect(root, path, found)
  if (!isGenerated || path.some(isInheritedName)) return plain
  const take = alike ? takeInterned : takeEach
  const start = alike ? 'const intern=open(out);' : ''
  return generate<Find>(
    `find ${path.join('.')}`,
    ['collect', 'path', 'open'],
    `return function find(v0,out){${start}${findSource(path, { at: 0, place: 'v0' }, take)}}`,
  )([collect, path, alike && compileIntern(alike)])
}

type Take = (value: string, place: string) => string

const takeEach: Take = (value) => `out.push(${value})`

const takeInterned: Take = (value, place) =>
  `{const one=intern(${value});if(one!==${value})${place}=one}`

/** How far the path has been followed, and the expression that holds the value there. */
interface Reached {
  readonly at: number
  readonly place: string
}

/** Values other than the expected object or list are left to the plain version. */
function findSource(path: Path, { at, place }: Reached, take: Take): string {
  const value = `v${at}`
  const step = path[at]
  if (step === undefined) {
    return `if(${value}!==null&&typeof ${value}==='object'){if(Array.isArray(${value}))collect(${value},path,out,${at});else ${take(value, place)}}`
  }
  const next = `v${at + 1}`
  const below = (inner: string): string =>
    `{const ${next}=${inner};${findSource(path, { at: at + 1, place: inner }, take)}}`
  if (step === everyItem) {
    const index = `i${at}`
    return `if(Array.isArray(${value}))for(let ${index}=0;${index}<${value}.length;${index}++)${below(`${value}[${index}]`)}
else collect(${value},path,out,${at})`
  }
  return `if(${value}!==null&&typeof ${value}==='object'){if(Array.isArray(${value}))collect(${value},path,out,${at});else${below(`${value}[${literal(step)}]`)}}`
}

export type ConcretePath = readonly (string | number)[]

/** Adds the objects at a path to `found`, in result order. */
export function collect(value: unknown, path: Path, found: Data[], from = 0): void {
  if (isList(value)) {
    const next = path[from] === everyItem ? from + 1 : from
    for (const item of value) collect(item, path, found, next)
    return
  }
  if (!isData(value)) return
  const step = path[from]
  if (step === undefined) found.push(value)
  else collect(read(value, step), path, found, from + 1)
}

/** The paths of some of the objects at a path pattern; an interned object has several. */
export function locate(
  root: Data,
  path: Path,
  wanted: ReadonlySet<Data>,
  most: number,
): Map<Data, ConcretePath[]> {
  const search: Locating = { path, wanted, left: most, places: new Map() }
  locateIn(search, root, 0, [])
  return search.places
}

interface Locating {
  readonly path: Path
  readonly wanted: ReadonlySet<Data>
  /** How many places may still be found. */
  left: number
  readonly places: Map<Data, ConcretePath[]>
}

function locateIn(
  search: Locating,
  value: unknown,
  from: number,
  place: (string | number)[],
): void {
  if (isList(value)) {
    const next = search.path[from] === everyItem ? from + 1 : from
    for (let index = 0; index < value.length && search.left > 0; index += 1) {
      place.push(index)
      locateIn(search, value[index], next, place)
      place.pop()
    }
    return
  }
  if (!isData(value)) return
  const step = search.path[from]
  if (step !== undefined) {
    place.push(step)
    locateIn(search, read(value, step), from + 1, place)
    place.pop()
  } else if (search.wanted.has(value)) {
    search.left -= 1
    const known = search.places.get(value)
    if (known) known.push([...place])
    else search.places.set(value, [[...place]])
  }
}

/** Returns the object that represents an entity and its equals, and adds it to those found if it is the first. */
export type Intern = (entity: Data) => Data

interface Comparison {
  readonly keyOf: (entity: Data) => string | number | undefined
  readonly isSame: (left: Data, right: Data) => boolean
}

/** Objects of one key that differ in other fields; beyond this count they are not interned. */
const mostVariants = 8

/** Starts a search along one path. */
export function compileIntern(rule: InternRule): (found: Data[]) => Intern {
  const { keyOf, isSame } = generateComparison(rule)
  return (found) => {
    const known = new Map<string | number, Data[]>()
    return (entity) => {
      const key = keyOf(entity)
      const variants = key === undefined ? undefined : known.get(key)
      if (variants) {
        for (const variant of variants) {
          if (variant === entity || isSame(variant, entity)) return variant
        }
        if (variants.length < mostVariants) variants.push(entity)
      } else if (key !== undefined) {
        known.set(key, [entity])
      }
      found.push(entity)
      return entity
    }
  }
}

function generateComparison({ names, keys }: InternRule): Comparison {
  const reads = keys.map((name, index) => `const k${index}=o[${literal(name)}];`).join('')
  const areKeys = keys
    .map((_name, index) => `(typeof k${index}==='string'||typeof k${index}==='number')`)
    .join('&&')
  const key = keys.map((_name, index) => `k${index}`).join(`+'\\n'+`)
  const same = names.map((name) => `l[${literal(name)}]===r[${literal(name)}]`).join('&&')
  return generate<Comparison>(
    `compare by ${keys.join(', ')}`,
    [],
    `return {
keyOf(o){${reads}return ${areKeys}?${key}:undefined},
isSame(l,r){return ${same}}}`,
  )([])
}
