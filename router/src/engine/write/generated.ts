/**
 * The fast writer: one generated function per object type of the answer, which reads every field by name and
 * joins constant text and values. It knows only the ordinary case. Whatever is unusual (a null where none may
 * be, a wrong value, an unknown type) makes it give up, and the plain writer does the whole answer.
 */
import { isEnumType, isLeafType, isListType, isNonNullType, isObjectType } from 'graphql'
import { isInterfaceType } from 'graphql'
import type { GraphQLLeafType, GraphQLOutputType, GraphQLSchema } from 'graphql'
import { everyItem, isData, isInheritedName, read } from '../data.ts'
import type { Data, Path } from '../data.ts'
import { generate, literal } from '../generate.ts'
import { pathKey } from '../plan/intern.ts'
import type { AlikeRules } from '../plan/intern.ts'
import { isIntegerNumber, leafKind } from '../schema-types.ts'
import type { FieldShape, ObjectShape } from './shape.ts'

/** Texts of objects that stand for several, by the place that shows them. */
type Texts = Map<unknown, string>[]

/** The JSON text of an object; `isPlain` says that no string in it needs escaping. */
type WriteObject = (source: unknown, isPlain: boolean, texts: Texts) => string

/** The JSON text of the data, or undefined where the plain writer must decide. */
export type WriteText = (root: Data, isPlain: boolean) => string | undefined

/** Operations with more object positions than this are written by the plain writer. */
const mostFunctions = 2000

const giveUpSignal = new Error('The generated writer gives up.')

function giveUp(): never {
  throw giveUpSignal
}

interface Building {
  readonly schema: GraphQLSchema
  readonly alike: AlikeRules
  /** How many places have texts of their own so far. */
  readonly textPlaces: { count: number }
  readonly functions: string[]
  /** Values that the generated code refers to, by their names in it. */
  readonly values: Map<string, unknown>
}

export function compileWriter(
  schema: GraphQLSchema,
  shape: ObjectShape,
  alike: AlikeRules,
): WriteText | undefined {
  if (shape.fields.some((field) => field.kind === 'introspection')) return undefined
  const write = attempt(() => compileObject({ schema, alike, textPlaces: { count: 0 } }, shape, []))
  return write && ((root, isPlain) => attempt(() => write(root, isPlain, [])))
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (error === giveUpSignal) return undefined
    throw error
  }
}

type Shared = Pick<Building, 'schema' | 'alike' | 'textPlaces'>

function compileObject(shared: Shared, shape: ObjectShape, path: Path): WriteObject {
  const values = new Map<string, unknown>([
    ['giveUp', giveUp],
    ['read', read],
    ['quote', quote],
    ['integer', integerText],
  ])
  const building: Building = { ...shared, functions: [], values }
  const name = addObject(building, shape, path)
  const body = `${building.functions.join('\n')}\nreturn ${name}`
  return generate<WriteObject>([...values.keys()], body)([...values.values()])
}

function addObject(building: Building, shape: ObjectShape, path: Path): string {
  const name = reserve(building, 'f')
  const reads: string[] = []
  const parts = shape.fields.map((field, index) => {
    const key = literal(`${index === 0 ? '' : ','}${JSON.stringify(field.output)}:`)
    if (field.kind === 'typename') return `${key}+${typenameSource(shape)}`
    const variable = `v${index}`
    reads.push(`const ${variable}=${readSource(field.input)};`)
    const position: Position = { field, path: [...path, field.input] }
    return `${key}+(${field.type ? valueSource(building, position, field.type, variable) : "'null'"})`
  })
  const written = `'{'${parts.map((part) => `+${part}`).join('')}+'}'`
  const { look, keep } = building.alike.has(pathKey(path)) ? keepText(building) : noTexts
  define(
    building,
    name,
    `function ${name}(o,p,m){
${look}if(typeof o!=='object'||Array.isArray(o)||(o.__typename!==undefined&&o.__typename!==${literal(shape.typeName)}))giveUp()
${reads.join('')}
const text=${written};${keep}return text}`,
  )
  return name
}

const noTexts = { look: '', keep: '' }

/** Code that looks an object's text up before it is written, and keeps it afterwards. */
function keepText(building: Building): typeof noTexts {
  const place = `m[${building.textPlaces.count++}]`
  return {
    look: `const texts=${place}??=new Map();const known=texts.get(o);if(known!==undefined)return known\n`,
    keep: 'texts.set(o,text);',
  }
}

function typenameSource(shape: ObjectShape): string {
  return shape.isObject ? literal(JSON.stringify(shape.typeName)) : 'giveUp()'
}

function readSource(input: string): string {
  return isInheritedName(input) ? `read(o,${literal(input)})` : `o[${literal(input)}]`
}

/** A field and where in the data it lies. */
interface Position {
  readonly field: FieldShape
  readonly path: Path
}

function valueSource(
  building: Building,
  position: Position,
  type: GraphQLOutputType,
  variable: string,
): string {
  if (isNonNullType(type))
    return presentSource(building, position, type.ofType, variable, 'giveUp()')
  const otherwise = `(${variable}===null||${variable}===undefined)?'null':giveUp()`
  return presentSource(building, position, type, variable, otherwise)
}

function presentSource(
  building: Building,
  position: Position,
  type: GraphQLOutputType,
  variable: string,
  otherwise: string,
): string {
  if (isLeafType(type)) return leafSource(building, type, variable, otherwise)
  const callee = isListType(type)
    ? addList(building, position, type.ofType)
    : isObjectType(type)
      ? addObject(building, position.field.below(type.name), position.path)
      : addAbstract(building, position, type)
  return `(${variable}!==null&&typeof ${variable}==='object')?${callee}(${variable},p,m):${otherwise}`
}

const quoted = (variable: string) => `(p?'"'+${variable}+'"':quote(${variable}))`

function leafSource(
  building: Building,
  type: GraphQLLeafType,
  v: string,
  otherwise: string,
): string {
  switch (leafKind(type)) {
    case 'boolean':
      return `${v}===true?'true':${v}===false?'false':${otherwise}`
    case 'int':
      return `(${v}|0)===${v}?${v}:typeof ${v}==='number'?integer(${v}):${otherwise}`
    case 'float':
      return `Number.isFinite(${v})?${v}:${otherwise}`
    case 'string':
      return `typeof ${v}==='string'?${quoted(v)}:${otherwise}`
    case 'id':
      return `typeof ${v}==='string'?${quoted(v)}:typeof ${v}==='number'?integer(${v}):${otherwise}`
    case 'enum':
      return `${enumName(building, type)}.has(${v})?'"'+${v}+'"':${otherwise}`
    case 'custom':
      return `typeof ${v}==='string'?${quoted(v)}:${v}!==null&&${v}!==undefined?JSON.stringify(${v}):${otherwise}`
  }
}

function enumName(building: Building, type: GraphQLLeafType): string {
  const values = isEnumType(type) ? type.getValues().map((value) => value.name) : []
  return bind(building, 'e', new Set<unknown>(values))
}

function addList(building: Building, position: Position, type: GraphQLOutputType): string {
  const name = reserve(building, 'l')
  const items: Position = { ...position, path: [...position.path, everyItem] }
  const item = valueSource(building, items, type, 'x')
  define(
    building,
    name,
    `function ${name}(o,p,m){
if(!Array.isArray(o))giveUp()
let text='['
for(let i=0;i<o.length;i++){const x=o[i];text+=(i===0?'':',')+(${item})}
return text+']'}`,
  )
  return name
}

/** Types behind an interface or union are compiled when an object of the type is first seen. */
function addAbstract(building: Building, position: Position, type: GraphQLOutputType): string {
  const { schema } = building
  const writers = new Map<string, WriteObject>()
  const declared = String(type)
  return bind(building, 'd', (source: unknown, isPlain: boolean, texts: Texts) => {
    if (!isData(source)) return giveUp()
    const name = read(source, '__typename') ?? declared
    if (typeof name !== 'string') return giveUp()
    let write = writers.get(name)
    if (!write) {
      const found = schema.getType(name)
      if (!isObjectType(found) && !isInterfaceType(found)) return giveUp()
      write = compileObject(building, position.field.below(name), position.path)
      writers.set(name, write)
    }
    return write(source, isPlain, texts)
  })
}

function reserve(building: Building, prefix: string): string {
  if (building.functions.length >= mostFunctions) giveUp()
  return `${prefix}${building.functions.push('') - 1}`
}

function define(building: Building, name: string, source: string): void {
  building.functions[Number(name.slice(1))] = source
}

function bind(building: Building, prefix: string, value: unknown): string {
  const name = `${prefix}_${building.values.size}`
  building.values.set(name, value)
  return name
}

// Control characters, quote, backslash, and lone surrogates: what JSON.stringify would escape.
const unsafe = /["\\\u0000-\u001f\ud800-\udfff]/ // eslint-disable-line no-control-regex -- see above.

function quote(text: string): string {
  return unsafe.test(text) ? JSON.stringify(text) : `"${text}"`
}

function integerText(value: unknown): string {
  return isIntegerNumber(value) ? String(value) : giveUp()
}
