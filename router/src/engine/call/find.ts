/** Finding the entities of a path; the generated version is one nest of loops with named property reads. */
import { everyItem, isInheritedName } from '../data.ts'
import type { Data, Path } from '../data.ts'
import { generate, literal } from '../generate.ts'
import type { AlikeRule } from '../plan/intern.ts'
import { collect } from './entities.ts'
import { compileUnify } from './unify.ts'

/** Adds the objects at a fixed path below `root` to `found`. */
export type Find = (root: Data, found: Data[]) => void

/** With a rule, equal objects become one, which is found once. */
export function compileFind(path: Path, isGenerated: boolean, alike?: AlikeRule): Find {
  const plain: Find = (root, found) => collect(root, path, found)
  if (!isGenerated || path.some(isInheritedName)) return plain
  const take = alike ? takeOne : takeEach
  const start = alike ? 'const unify=open(out);' : ''
  return generate<Find>(
    ['collect', 'path', 'open'],
    `return function find(v0,out){${start}${findSource(path, { at: 0, place: 'v0' }, take)}}`,
  )([collect, path, alike && compileUnify(alike)])
}

type Take = (value: string, place: string) => string

const takeEach: Take = (value) => `out.push(${value})`

const takeOne: Take = (value, place) => `{const one=unify(${value});if(one!==${value})${place}=one}`

/** How far the path has been followed, and the expression that holds the value there. */
interface Reached {
  readonly at: number
  readonly place: string
}

/** Anything but the expected object or list is left to the plain version. */
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
