/**
 * Random replies to operations that need only one, spelled in random ways and sometimes damaged: what the scanner makes of
 * their bytes must be what the writers make of their values.
 */
import { createEngine } from '@cnop/router/engine'
import { openWholeReply } from '@cnop/router/engine/testing/whole-reply'
import {
  execute,
  getVariableValues,
  isAbstractType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  Kind,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type GraphQLLeafType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql'
import { hashOf, seededChance, type Chance } from './chance.ts'
import { withPlatform } from './differential.ts'
import { makeSubgraphs } from './made-subgraphs.ts'
import { makeOperation } from './operations.ts'

export interface WholeRepliesResult {
  readonly cases: number
  /** Replies that were passed on without parsing. */
  readonly scanned: number
  readonly differences: readonly string[]
}

export async function runWholeReplies(cases: number, seed: number): Promise<WholeRepliesResult> {
  const schemas = await Promise.all(Object.values(withPlatform()).map(apiSchemaOf))
  const differences: string[] = []
  let [done, scanned] = [0, 0]
  for (let index = 0; done < cases && index < cases * 4; index += 1) {
    const chance = seededChance(hashOf(seed, 'whole', index))
    const schema = chance.pick(schemas)
    const operation = makeOperation(schema, chance)
    if (!operation) continue
    const document = parse(operation.query)
    const coerced = variablesOf(schema, document, operation.variables)
    const reply = await makeReply(schema, document, coerced, chance)
    const { scan, parse: parseReply } = openWholeReply(schema, document)
    const [made, expected] = [await scan(reply, coerced), await parseReply(reply, coerced)]
    done += 1
    if (!made) continue
    scanned += 1
    if (expected?.equals(made) === true) continue
    const texts = [reply, made, expected ?? 'nothing'].map(String)
    differences.push([`whole case ${index}`, operation.query, ...texts].join('\n'))
  }
  return { cases: done, scanned, differences }
}

async function apiSchemaOf(sdls: Readonly<Record<string, string>>): Promise<GraphQLSchema> {
  const engine = await createEngine(makeSubgraphs(sdls))
  await engine.stop()
  return engine.apiSchema()
}

function variablesOf(
  schema: GraphQLSchema,
  { definitions }: DocumentNode,
  variables: Record<string, unknown>,
): Record<string, unknown> {
  const operation = definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION)
  const wanted = operation && 'operation' in operation ? operation.variableDefinitions : []
  const { coerced, errors } = getVariableValues(schema, wanted ?? [], variables)
  if (!coerced) throw new Error(errors.join())
  return coerced
}

async function makeReply(
  schema: GraphQLSchema,
  document: DocumentNode,
  coerced: Record<string, unknown>,
  chance: Chance,
): Promise<Buffer> {
  const { data } = await execute({
    schema,
    document: withTypeNames(schema, document, chance.oneIn(4)),
    variableValues: coerced,
    fieldResolver: (_source, _args, _context, { returnType }) =>
      valueOf(schema, returnType, chance),
    typeResolver: (value) => (value as { readonly __typename: string }).__typename,
  })
  const isDamaged = chance.oneIn(4)
  if (isDamaged && chance.oneIn(2)) damageValue(data, chance)
  const spelling = { chance, isSpaced: chance.oneIn(3), oddEvery: chance.pick([0, 0, 4, 12]) }
  const gap = gapOf(spelling)
  const rest = chance.oneIn(3) ? chance.pick(rests) : '}'
  const bytes = Buffer.from(`${gap}{${gap}"data"${gap}:${spell(spelling, data)}${rest}`)
  if (isDamaged && chance.oneIn(2)) bytes[chance.int(bytes.length)] = chance.pick(oddBytes)
  return bytes
}

const rests = [
  ...[
    '}\n',
    ' } ',
    '',
    '}}',
    ',"errors":[]}',
    ',"errors":null }',
    ',"errors":[{"message":"No."}]}',
  ],
  ...[',"extensions":{"a":[1]}}', ',"data":null}', ',"data":{}}', ',}', ',"errors":[,"x":1}'],
  ...[',"x":{ "y" : [ true,null , -1.5e3, "\\u00fc\\/" ],"z":{}},"w":[]}', ',"\\u0064ata":null}'],
  ...[',"x":{"a":1,}}', ',"x":[1,]}', ',"x":"\\u00"}', ',"x":01}', ',"x":{"a" 1}}', ',"x":{1:1}}'],
]
const oddBytes = [
  0x00, 0x09, 0x22, 0x2c, 0x2d, 0x30, 0x3a, 0x5b, 0x5c, 0x5d, 0x6e, 0x7b, 0x7d, 0x80,
]

/** Adds the type names that a planner selects: in abstract types, and sometimes in all. */
function withTypeNames(
  schema: GraphQLSchema,
  document: DocumentNode,
  isEverywhere: boolean,
): DocumentNode {
  const info = new TypeInfo(schema)
  const typename = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } } as const
  return visit(
    document,
    visitWithTypeInfo(info, {
      SelectionSet: (node) =>
        isEverywhere || isAbstractType(info.getParentType())
          ? { ...node, selections: [typename, ...node.selections] }
          : undefined,
    }),
  )
}

const texts = [
  ...['', 'plain', 'a "quoted" \\ text', 'Zürich', '🧧', 'two\nlines\t', '\u0001\u007f', '\ud800'],
  ...['a/b', '\u2028', 'Book', '7'],
]
const integers = [0, 7, -3, 2_147_483_647]
const numbers = [0, 1.5, -0.25, 1e21, 1e-7, 0.000012, 0.1 + 0.2, 123_456.789, 12]
const others = ['text', 5, 0.5, true, null, { a: [1] }, [1, 'x']]

function valueOf(schema: GraphQLSchema, type: GraphQLOutputType, chance: Chance): unknown {
  if (isNonNullType(type)) {
    const value = valueOf(schema, type.ofType, chance)
    return value ?? valueOf(schema, type, chance)
  }
  if (chance.oneIn(8)) return null
  if (isListType(type)) {
    return Array.from({ length: chance.int(4) }, () => valueOf(schema, type.ofType, chance))
  }
  if (isAbstractType(type)) return { __typename: chance.pick(schema.getPossibleTypes(type)).name }
  return isLeafType(type) ? leafOf(type, chance) : {}
}

function leafOf(type: GraphQLLeafType, chance: Chance): unknown {
  if (isEnumType(type)) return chance.pick(type.getValues()).name
  if (type.name === 'Int') return chance.pick(integers)
  if (type.name === 'Float') return chance.pick(numbers)
  if (type.name === 'Boolean') return chance.oneIn(2)
  return chance.pick(type.name === 'String' || type.name === 'ID' ? texts : others)
}

type Members = Record<string, unknown>

/** Changes a random object of a value. */
function damageValue(value: unknown, chance: Chance): void {
  const found: Members[] = []
  const collect = (each: unknown): void => {
    if (typeof each !== 'object' || each === null) return
    if (!Array.isArray(each)) found.push(each as Members)
    for (const inner of Object.values(each)) collect(inner)
  }
  collect(value)
  const object = found.length > 0 ? chance.pick(found) : {}
  const names = Object.keys(object)
  if (names.length === 0) return
  const name = chance.pick(names)
  const old = object[name]
  const way = chance.int(4)
  if (way < 2) Reflect.deleteProperty(object, name)
  // It returns at the end.
  if (way === 1) object[name] = old
  if (way === 2) object[name] = chance.pick([null, 1.5, 'x', {}, [], true])
  if (way === 3) object['extra'] = old
}

interface Spelling {
  readonly chance: Chance
  readonly isSpaced: boolean
  /** Every how many leaves have another spelling than that of JSON.stringify; none with 0. */
  readonly oddEvery: number
}

function gapOf({ chance, isSpaced }: Spelling): string {
  return isSpaced && chance.oneIn(2) ? chance.pick([' ', '\n', '\t', '\r\n  ']) : ''
}

function spell(spelling: Spelling, value: unknown): string {
  const gap = gapOf(spelling)
  if (Array.isArray(value)) {
    const items = value.map((item) => spell(spelling, item))
    return `${gap}[${gap}${items.join(',')}]${gap}`
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(
      ([name, inner]) => `${gap}${JSON.stringify(name)}${gap}:${spell(spelling, inner)}`,
    )
    const { chance, oddEvery } = spelling
    const twice = oddEvery > 0 && chance.oneIn(20) ? members.slice(0, 1) : []
    return `${gap}{${[...members, ...twice].join(',')}${gap}}${gap}`
  }
  return `${gap}${spellLeaf(spelling, value)}${gap}`
}

function spellLeaf({ chance, oddEvery }: Spelling, value: unknown): string {
  const text = JSON.stringify(value)
  if (oddEvery === 0 || !chance.oneIn(oddEvery)) return text
  if (typeof value === 'string') {
    const code = value.charCodeAt(0)
    const first = Number.isNaN(code) ? '\\/' : `\\u${code.toString(16).padStart(4, '0')}`
    return `"${first}${JSON.stringify(value.slice(1)).slice(1)}`
  }
  if (typeof value !== 'number') return text
  const plain = [`${text}.0`, `${text}e0`, '-0', '0.10', '1E2', '01', '9007199254740993', '1e999']
  return chance.pick([...plain, value.toExponential(), '1.', '12345678901234567890.5', '0.0000001'])
}
