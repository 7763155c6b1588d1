/**
 * The fast writer: one generated function per object type of the result, which reads every field by name and joins
 * constant text and values. It handles valid data only. On anything else (a null for a non-nullable type, an invalid
 * value, an unknown type) it gives up, and the plain writer writes the whole result.
 */
import {
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isInterfaceType,
  type GraphQLLeafType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql'
import { everyItem, isData, isInheritedName, read, type Data, type Path } from '../data.ts'
import { generate, literal } from '../generate.ts'
import { pathKey, type InternRules } from '../plan/intern.ts'
import { isIntegerNumber, leafKind } from '../schema-types.ts'
import {
  keepText as keepWritten,
  postponeList,
  writeInTurns,
  type WriteObject,
  type Writing,
} from './in-turns.ts'
import { customText, isInfinite, jsonInTurns, textInTurns } from './json-in-turns.ts'
import type { FieldShape, ObjectShape } from './shape.ts'

export interface TextWriter {
  /** Returns the JSON text of the data, undefined when the plain writer is needed, or null when it is long. */
  readonly write: (root: Data, isPlain: boolean) => string | undefined | null
  /** Returns the body, and lets the event loop go on meanwhile. */
  readonly writeInTurns: (root: Data, isPlain: boolean) => Promise<Buffer | undefined>
}

/** Operations with more object positions than this are written by the plain writer. */
const mostFunctions = 2000

const giveUpSignal = new Error('The generated writer gives up.')

function giveUp(): never {
  throw giveUpSignal
}

const longSignal = new Error('The text is too long to be written at once.')
/** The longest text of a list that is written at once: one entity may be shown at very many positions. */
const mostAtOnce = 4 * 1024 * 1024

function tooLong(): never {
  throw longSignal
}

interface WriterCode {
  readonly schema: GraphQLSchema
  readonly interned: InternRules
  /** How many positions keep texts so far. */
  readonly textPlaces: { count: number }
  readonly functions: string[]
  /** Values that the generated code uses, by their names in it. */
  readonly values: Map<string, unknown>
}

export function compileWriter(
  schema: GraphQLSchema,
  shape: ObjectShape,
  interned: InternRules,
): TextWriter | undefined {
  if (shape.fields.some((field) => field.kind === 'introspection')) return undefined
  const write = attempt(() =>
    compileObject({ schema, interned, textPlaces: { count: 0 } }, shape, []),
  )
  if (!write) return undefined
  const whole = { left: Infinity, end: 0, most: mostAtOnce, postpone: undefined }
  return {
    write: (root, isPlain) => {
      try {
        return attempt(() => write(root, isPlain, { texts: [], ...whole }))
      } catch (error) {
        if (error === longSignal) return null
        throw error
      }
    },
    writeInTurns: async (root, isPlain) => {
      try {
        return await writeInTurns(write, root, isPlain)
      } catch (error) {
        if (isGivenUp(error)) return undefined
        throw error
      }
    },
  }
}

function isGivenUp(error: unknown): boolean {
  return error === giveUpSignal || isInfinite(error)
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (isGivenUp(error)) return undefined
    throw error
  }
}

type Shared = Pick<WriterCode, 'schema' | 'interned' | 'textPlaces'>

function compileObject(shared: Shared, shape: ObjectShape, path: Path): WriteObject {
  const values = new Map<string, unknown>([
    ['giveUp', giveUp],
    ['read', read],
    ['tooLong', tooLong],
    ['string', textInTurns],
    ['integer', integerText],
    ['json', customText],
    ['jsonInTurns', jsonInTurns],
    ['keepWritten', keepWritten],
    ['postponeList', postponeList],
  ])
  const code: WriterCode = { ...shared, functions: [], values }
  const name = addObject(code, shape, path)
  const body = `${code.functions.join('\n')}\nreturn ${name}`
  return generate<WriteObject>(
    `write ${shape.typeName}${path.length > 0 ? ` at ${path.join('.')}` : ''}`,
    [...values.keys()],
    body,
  )([...values.values()])
}

function addObject(code: WriterCode, shape: ObjectShape, path: Path): string {
  const name = reserve(code, 'f')
  const reads: string[] = []
  const parts = shape.fields.map((field, index) => {
    const key = literal(`${index === 0 ? '' : ','}${JSON.stringify(field.output)}:`)
    if (field.kind === 'typename') return `${key}+${typenameSource(shape)}`
    const variable = `v${index}`
    reads.push(`const ${variable}=${field.isRefused ? 'null' : readSource(field.input)};`)
    const position: Position = { field, path: [...path, field.input] }
    return `${key}+(${field.type ? valueSource(code, position, field.type, variable) : "'null'"})`
  })
  const written = `'{'${parts.map((part) => `+${part}`).join('')}+'}'`
  const { look, keep } = code.interned.has(pathKey(path)) ? keepText(code) : noTexts
  define(
    code,
    name,
    `function ${name}(o,p,m){
${look}if(typeof o!=='object'||Array.isArray(o)||(o.__typename!==undefined&&o.__typename!==${literal(shape.typeName)}))giveUp()
${reads.join('')}
m.left-=${shape.fields.length}
const text=${written};${keep || 'return text'}}`,
  )
  return name
}

const noTexts = { look: '', keep: '' }

/** Code that looks up the text of an object before it is written, and keeps it afterwards. */
function keepText(code: WriterCode): typeof noTexts {
  const place = `m.texts[${code.textPlaces.count++}]`
  return {
    look: `const texts=${place}??=new Map();const known=texts.get(o);if(known!==undefined)return known\n`,
    keep: 'const kept=keepWritten(text,m);texts.set(o,kept);return kept',
  }
}

function typenameSource(shape: ObjectShape): string {
  return shape.isObject ? literal(JSON.stringify(shape.typeName)) : 'giveUp()'
}

function readSource(input: string): string {
  return isInheritedName(input) ? `read(o,${literal(input)})` : `o[${literal(input)}]`
}

/** A field and its path in the data. */
interface Position {
  readonly field: FieldShape
  readonly path: Path
}

function valueSource(
  code: WriterCode,
  position: Position,
  type: GraphQLOutputType,
  variable: string,
): string {
  if (isNonNullType(type)) return presentSource(code, position, type.ofType, variable, 'giveUp()')
  const otherwise = `(${variable}===null||${variable}===undefined)?'null':giveUp()`
  return presentSource(code, position, type, variable, otherwise)
}

function presentSource(
  code: WriterCode,
  position: Position,
  type: GraphQLOutputType,
  variable: string,
  otherwise: string,
): string {
  if (isLeafType(type)) return leafSource(code, type, variable, otherwise)
  const callee = isListType(type)
    ? addList(code, position, type.ofType)
    : isObjectType(type)
      ? addObject(code, position.field.below(type.name), position.path)
      : addAbstract(code, position, type)
  return `(${variable}!==null&&typeof ${variable}==='object')?${callee}(${variable},p,m):${otherwise}`
}

/** Short plain strings, which most are, need no call. */
const quoted = (variable: string) =>
  `(p&&${variable}.length<256?'"'+${variable}+'"':string(${variable},p,m))`

function leafSource(code: WriterCode, type: GraphQLLeafType, v: string, otherwise: string): string {
  switch (leafKind(type)) {
    case 'boolean':
      return `${v}===true?'true':${v}===false?'false':${otherwise}`
    case 'int':
      return `typeof ${v}==='number'?(${v}|0)===${v}?${v}:integer(${v}):${otherwise}`
    case 'float':
      return `Number.isFinite(${v})?${v}:${otherwise}`
    case 'string':
      return `typeof ${v}==='string'?${quoted(v)}:${otherwise}`
    case 'id':
      return `typeof ${v}==='string'?${quoted(v)}:typeof ${v}==='number'?integer(${v}):${otherwise}`
    case 'enum':
      return `${enumName(code, type)}.has(${v})?'"'+${v}+'"':${otherwise}`
    case 'custom':
      return `typeof ${v}==='string'?${quoted(v)}:${v}!==null&&${v}!==undefined?(m.postpone?jsonInTurns(${v},m):json(${v})):${otherwise}`
  }
}

function enumName(code: WriterCode, type: GraphQLLeafType): string {
  const values = isEnumType(type) ? type.getValues().map((value) => value.name) : []
  return bind(code, 'e', new Set<unknown>(values))
}

function addList(code: WriterCode, position: Position, type: GraphQLOutputType): string {
  const name = reserve(code, 'l')
  const items: Position = { ...position, path: [...position.path, everyItem] }
  const item = valueSource(code, items, type, 'x')
  define(
    code,
    name,
    `function ${name}(o,p,m){
if(!Array.isArray(o))giveUp()
if((m.left-=o.length)<0&&m.postpone)return postponeList(o,${name}i,m.postpone)
return '['+${name}i(o,0,o.length,p,m,false)+']'}
function ${name}i(o,a,b,p,m,s){let t=''
for(let i=a;i<b;i++){
if(s&&m.left<0&&i>a){m.end=i;return t}
const x=o[i];t+=(i===a?'':',')+(${item})
if(t.length>m.most)tooLong()}
m.end=b
return t}`,
  )
  return name
}

/** Types of an interface or union are compiled when the first object of the type is written. */
function addAbstract(code: WriterCode, position: Position, type: GraphQLOutputType): string {
  const { schema } = code
  const writers = new Map<string, WriteObject>()
  const declared = String(type)
  return bind(code, 'd', (source: unknown, isPlain: boolean, writing: Writing) => {
    if (!isData(source)) return giveUp()
    const name = read(source, '__typename') ?? declared
    if (typeof name !== 'string') return giveUp()
    let write = writers.get(name)
    if (!write) {
      const found = schema.getType(name)
      if (!isObjectType(found) && !isInterfaceType(found)) return giveUp()
      write = compileObject(code, position.field.below(name), position.path)
      writers.set(name, write)
    }
    return write(source, isPlain, writing)
  })
}

function reserve(code: WriterCode, prefix: string): string {
  if (code.functions.length >= mostFunctions) giveUp()
  return `${prefix}${code.functions.push('') - 1}`
}

function define(code: WriterCode, name: string, source: string): void {
  code.functions[Number(name.slice(1))] = source
}

function bind(code: WriterCode, prefix: string, value: unknown): string {
  const name = `${prefix}_${code.values.size}`
  code.values.set(name, value)
  return name
}

function integerText(value: unknown): string {
  return isIntegerNumber(value) ? String(value) : giveUp()
}
