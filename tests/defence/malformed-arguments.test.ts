import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { apiSchema } from '@cnop/schema/read'
import {
  buildSchema,
  getNamedType,
  getNullableType,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import type { Trader } from '../world/trader.ts'
import { startWorld, type World } from '../world/world.ts'

let world: World
let trader: Trader
beforeAll(async () => {
  world = await startWorld()
  trader = await world.trader({ cash: '1000.00' })
  const { codes } = await trader.buys('0.001', 'BTC')
  expect(codes).toEqual([])
})
afterAll(() => world.stop())

/** A value of each scalar; the one of ID is well-formed as a ticker, as a key and as the id of an order. */
const samples: Readonly<Record<string, unknown>> = {
  ID: 'sample1234',
  String: 'sample',
  Int: 1,
  Boolean: false,
  Money: '5.00',
  Quantity: '0.01',
  Price: '900000',
  Date: '2026-01-05',
  DateTime: '2026-01-05T10:00:00.000Z',
}

/** What the rules of an input need beside its required fields. */
const needed: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  PlaceOrderInput: { type: 'MARKET', quantity: '0.01' },
  PreviewOrderInput: { type: 'MARKET', quantity: '0.01' },
  ReplaceOrderInput: { quantity: '0.01' },
  CreateRecurringOrderInput: { frequency: 'DAILY', time: '09:30', timeZone: 'UTC' },
}

/** How a query reaches the fields of a type that have arguments. */
const ways: Readonly<Record<string, readonly string[]>> = {
  Query: [],
  Mutation: [],
  User: ['me'],
  Portfolio: ['me', 'portfolio'],
  Holding: ['me', 'portfolio', 'holding(assetId: "BTC")'],
  Asset: ['asset(id: "BTC")'],
}

type Slot = GraphQLArgument | GraphQLInputField

function sampleOf(type: GraphQLInputType): unknown {
  const named = getNamedType(type)
  if (isListType(getNullableType(type))) return []
  if (isEnumType(named)) return named.getValues()[0]?.name
  if (!isInputObjectType(named)) return samples[named.name]
  const required = Object.values(named.getFields()).filter(({ type: own }) => isNonNullType(own))
  return { ...valuesOf(required), ...needed[named.name] }
}

const valuesOf = (slots: readonly Slot[]): Record<string, unknown> =>
  Object.fromEntries(slots.map(({ name, type }) => [name, sampleOf(type)]))

/** The paths below a slot to everything that is an id, a name, a key or a cursor. */
function pathsOf({ name, type }: Slot): string[][] {
  const named = getNamedType(type)
  if (named.name === 'ID' || name === 'after') return [[name]]
  if (!isInputObjectType(named)) return []
  return Object.values(named.getFields()).flatMap((field) =>
    pathsOf(field).map((path) => [name, ...path]),
  )
}

function withValue(slots: readonly Slot[], path: readonly string[], text: string) {
  const [name = '', ...rest] = path
  const slot = slots.find((one) => one.name === name)
  if (!slot) throw new Error(`There is no ${name}.`)
  const isList = isListType(getNullableType(slot.type))
  const named = getNamedType(slot.type)
  const inner: unknown =
    rest.length > 0 && isInputObjectType(named)
      ? {
          ...(sampleOf(slot.type) as object),
          ...withValue(Object.values(named.getFields()), rest, text),
        }
      : isList
        ? [text]
        : text
  return { [name]: inner }
}

interface Case {
  readonly name: string
  readonly field: string
  readonly ask: (text: string) => ReturnType<Trader['ask']>
}

function listCases(): readonly Case[] {
  const types = Object.values(buildSchema(apiSchema()).getTypeMap()).filter(isObjectType)
  return types.flatMap((type) =>
    Object.values(type.getFields()).flatMap(({ name, args, type: result }) => {
      const required = args.filter(
        (arg) => isNonNullType(arg.type) && arg.defaultValue === undefined,
      )
      return args.flatMap(pathsOf).map((path) => ({
        name: `${type.name}.${name}(${path.join('.')})`,
        field: path.at(-1) ?? '',
        ask: (text: string) => {
          const variables = { ...valuesOf(required), ...withValue(args, path, text) }
          const given = args.filter((arg) => arg.name in variables)
          const declared = given.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ')
          const passed = given.map((arg) => `${arg.name}: $${arg.name}`).join(', ')
          const leaf = isLeafType(getNamedType(result)) ? '' : ' { __typename }'
          const way = ways[type.name]
          if (!way) throw new Error(`No way leads to ${type.name}.`)
          const call = way.reduceRight(
            (text, step) => `${step} { ${text} }`,
            `${name}(${passed})${leaf}`,
          )
          const kind = type.name === 'Mutation' ? 'mutation' : 'query'
          return trader.ask(`${kind} (${declared}) { ${call} }`, variables)
        },
      }))
    }),
  )
}

const cases = listCases().filter(({ name }) => !name.startsWith('__'))

describe('an id, a name, a key or a cursor', () => {
  it('is an argument of many fields', () => {
    expect(cases.length).toBeGreaterThan(30)
  })

  it.each(cases.map((one) => [one.name, one] as const))(
    'is refused by name where none can have its form: %s',
    async (_name, { field, ask }) => {
      for (const text of ['', 'ß ', 'x'.repeat(9_000)]) {
        const { errors, codes } = await ask(text)
        expect(codes).toEqual(['BAD_USER_INPUT'])
        expect(errors[0]?.extensions.details?.['field']?.split('.').at(-1)).toBe(field)
        expect(JSON.stringify(errors).length).toBeLessThan(1_000)
      }
    },
  )
})

interface Paid {
  readonly deposit: { readonly entry: { readonly id: string } }
}

describe('a key that is a long JSON number', () => {
  const [first, second] = [1764549000000000001n, 1764549000000000002n]

  it('differs from its neighbour', async () => {
    const deposit = 'mutation ($input: CashInput!) { deposit(input: $input) { entry { id } } }'
    const entries = new Set<string>()
    for (const key of [first, second, first, String(second)]) {
      const { data } = await trader.ask<Paid>(deposit, { input: { key, amount: '1.00' } })
      entries.add(data?.deposit.entry.id ?? 'none')
    }
    expect(entries.size).toBe(2)
    expect(entries).not.toContain('none')
  })

  it('is kept with all of its digits', async () => {
    const place =
      'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { clientOrderId } } }'
    const order = {
      assetId: 'BTC',
      side: 'BUY',
      type: 'LIMIT',
      quantity: '0.001',
      limitPrice: '9000',
    }
    const input = { ...order, key: first + 5n, clientOrderId: 12345678901234567891n }
    const { data, codes } = await trader.ask(place, { input })
    expect(codes).toEqual([])
    expect(data).toEqual({ placeOrder: { order: { clientOrderId: '12345678901234567891' } } })
  })

  it.each([
    ['ticker', 'query ($v: ID!) { asset(id: $v) { id } }'],
    ['cursor', 'query ($v: String!) { me { portfolio { activity(after: $v) { __typename } } } }'],
    ['page size', 'query ($v: Int!) { me { portfolio { activity(first: $v) { __typename } } } }'],
  ])('is refused as a %s', async (_what, query) => {
    const { codes } = await trader.ask(query, { v: first })
    expect(codes).toEqual(['BAD_USER_INPUT'])
  })
})
