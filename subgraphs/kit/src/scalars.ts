import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql'
import { BadInput } from './errors.ts'
import { parseDate, parseInstant } from './instant.ts'
import {
  formatPrice,
  formatQuantity,
  formatUsd,
  type Price,
  parsePrice,
  parseQuantity,
  parseUsd,
  type Quantity,
  type Usd,
} from './money.ts'

interface TextScalar<Value> {
  readonly name: string
  readonly parse: (text: string) => Value
  readonly format: (value: Value) => string
}

/** A scalar that is serialised as text, is parsed strictly, and reports the violated rule. */
function textScalar<Value>({
  name,
  parse,
  format,
}: TextScalar<Value>): GraphQLScalarType<Value, string> {
  const parseText = (text: unknown): Value => {
    if (typeof text !== 'string') throw badValue(`${name} must be a string`)
    if (text.length > 64) throw badValue(`${name} is too long`)
    try {
      return parse(text)
    } catch (error) {
      if (error instanceof BadInput) throw badValue(error.message)
      throw error
    }
  }
  return new GraphQLScalarType<Value, string>({
    name,
    serialize: (value) => format(value as Value),
    parseValue: parseText,
    parseLiteral: (node: ValueNode) => {
      try {
        return parseText(node.kind === Kind.STRING ? node.value : undefined)
      } catch (error) {
        // With its node, the error says where in the document the value is.
        throw error instanceof GraphQLError ? badValue(error.message, node) : error
      }
    },
  })
}

function badValue(message: string, node: ValueNode | null = null): GraphQLError {
  return new GraphQLError(message, { nodes: node, extensions: { code: 'BAD_USER_INPUT' } })
}

const same = (text: string): string => text

export const MoneyScalar = textScalar<Usd>({
  name: 'Money',
  parse: (text) => parseUsd(text, 'Money'),
  format: formatUsd,
})
export const QuantityScalar = textScalar<Quantity>({
  name: 'Quantity',
  parse: (text) => parseQuantity(text, 'Quantity'),
  format: formatQuantity,
})
export const PriceScalar = textScalar<Price>({
  name: 'Price',
  parse: (text) => parsePrice(text, 'Price'),
  format: formatPrice,
})
export const DateTimeScalar = textScalar<string>({
  name: 'DateTime',
  parse: parseInstant,
  format: same,
})
export const DateScalar = textScalar<string>({ name: 'Date', parse: parseDate, format: same })

/** Resolvers for the shared scalars; a subgraph takes those that its SDL declares. */
export const scalars = {
  Money: MoneyScalar,
  Quantity: QuantityScalar,
  Price: PriceScalar,
  DateTime: DateTimeScalar,
  Date: DateScalar,
} as const
