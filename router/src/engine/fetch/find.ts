/** Finding the entities of a path; the generated version is one nest of loops with named property reads. */
import { everyItem, isInheritedName } from '../data.ts'
import type { Data, Path } from '../data.ts'
import { generate, literal } from '../generate.ts'
import { collect } from './entities.ts'

/** Adds the objects at a fixed path below `root` to `found`. */
export type Find = (root: Data, found: Data[]) => void

export function compileFind(path: Path, isGenerated: boolean): Find {
  const plain: Find = (root, found) => collect(root, path, found)
  if (!isGenerated || path.some(isInheritedName)) return plain
  return generate<Find>(
    ['collect', 'path'],
    `return function find(v0,out){${findSource(path, 0, 0)}}`,
  )([collect, path])
}

/** Anything but the expected object or list is left to the plain version. */
function findSource(path: Path, from: number, depth: number): string {
  const value = `v${depth}`
  const step = path[from]
  if (step === undefined) {
    return `if(${value}!==null&&typeof ${value}==='object'){if(Array.isArray(${value}))collect(${value},path,out,${from});else out.push(${value})}`
  }
  const next = `v${depth + 1}`
  if (step === everyItem) {
    const index = `i${depth}`
    return `if(Array.isArray(${value}))for(let ${index}=0;${index}<${value}.length;${index}++){const ${next}=${value}[${index}];${findSource(path, from + 1, depth + 1)}}
else collect(${value},path,out,${from})`
  }
  return `if(${value}!==null&&typeof ${value}==='object'){if(Array.isArray(${value}))collect(${value},path,out,${from});else{const ${next}=${value}[${literal(step)}];${findSource(path, from + 1, depth + 1)}}}`
}
