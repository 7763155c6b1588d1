/** Makes equal objects at one path one object, while they are found (see plan/alike.ts for when that is safe). */
import type { Data } from '../data.ts'
import { generate, literal } from '../generate.ts'
import type { AlikeRule } from '../plan/intern.ts'

/** Answers the object that stands for one and its equals, and adds it to those found when it is the first. */
export type Unify = (entity: Data) => Data

interface Alike {
  readonly keyOf: (entity: Data) => string | number | undefined
  readonly isSame: (left: Data, right: Data) => boolean
}

/** Objects of one key that differ in something else; more of them stay as they are. */
const mostVariants = 8

/** Opens a search along one path. */
export function compileUnify(rule: AlikeRule): (found: Data[]) => Unify {
  const { keyOf, isSame } = generateAlike(rule)
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

function generateAlike({ names, keys }: AlikeRule): Alike {
  const reads = keys.map((name, index) => `const k${index}=o[${literal(name)}];`).join('')
  const areKeys = keys
    .map((_name, index) => `(typeof k${index}==='string'||typeof k${index}==='number')`)
    .join('&&')
  const key = keys.map((_name, index) => `k${index}`).join(`+'\\n'+`)
  const same = names.map((name) => `l[${literal(name)}]===r[${literal(name)}]`).join('&&')
  return generate<Alike>(
    [],
    `return {
keyOf(o){${reads}return ${areKeys}?${key}:undefined},
isSame(l,r){return ${same}}}`,
  )([])
}
