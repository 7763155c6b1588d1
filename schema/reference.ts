import {
  buildSchema,
  getNamedType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql'
import { errorCodes } from './codes.ts'

/** Who may read a field, by `Type.field`. */
export type AccessByField = ReadonlyMap<string, string>

const link = (type: GraphQLNamedType): string => {
  return isSpecifiedScalarType(type) ? type.name : `[${type.name}](#${type.name.toLowerCase()})`
}

const cell = (text: string | null | undefined): string =>
  (text ?? '').replace(/\s+/g, ' ').replaceAll('|', '\\|')

function typeText(type: GraphQLField<unknown, unknown>['type'] | GraphQLArgument['type']): string {
  const named = getNamedType(type)
  return String(type).replace(named.name, link(named))
}

function argumentsText(field: GraphQLField<unknown, unknown>): string {
  if (field.args.length === 0) return ''
  const lines = field.args.map(
    ({ name, type, description }) => `\`${name}\` ${typeText(type)}: ${cell(description)}`,
  )
  return ` <br> ${lines.join(' <br> ')}`
}

function fieldRows(
  type: string,
  fields: readonly GraphQLField<unknown, unknown>[],
  access: AccessByField,
): string {
  const rows = fields.map((field) => {
    const rule = access.get(`${type}.${field.name}`) ?? ''
    return `| \`${field.name}\` | ${typeText(field.type)} | ${rule} | ${cell(field.description)}${argumentsText(field)} |`
  })
  return ['| field | type | who | |', '|---|---|---|---|', ...rows].join('\n')
}

function section(type: GraphQLNamedType, access: AccessByField): string {
  const head = `### ${type.name}\n\n${type.description ?? ''}`
  if (isObjectType(type))
    return `${head}\n\n${fieldRows(type.name, Object.values(type.getFields()), access)}`
  if (isInputObjectType(type)) {
    const rows = Object.values(type.getFields()).map(
      (field) => `| \`${field.name}\` | ${typeText(field.type)} | ${cell(field.description)} |`,
    )
    return [head, '', '| field | type | |', '|---|---|---|', ...rows].join('\n')
  }
  if (isEnumType(type)) {
    const rows = type
      .getValues()
      .map(({ name, description }) => `| \`${name}\` | ${cell(description)} |`)
    return [head, '', '| value | |', '|---|---|', ...rows].join('\n')
  }
  return head
}

function errorSection(): string {
  const rows = Object.entries(errorCodes).map(
    ([code, meaning]) => `| \`${code}\` | ${cell(meaning)} |`,
  )
  return [
    '## Error codes',
    '',
    'Every error carries `extensions.code`, `extensions.requestId` and, where it helps, `extensions.details`.',
    '',
    '| code | meaning |',
    '|---|---|',
    ...rows,
  ].join('\n')
}

/** The API reference as Markdown, made from the public schema and the access rules of the supergraph. */
export function renderReference(api: string, access: AccessByField): string {
  const types = Object.values(buildSchema(api).getTypeMap()).filter(
    (type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type),
  )
  const roots = types.filter(({ name }) => ['Query', 'Mutation', 'Subscription'].includes(name))
  const objects = types.filter((type) => isObjectType(type) && !roots.includes(type))
  const inputs = types.filter(isInputObjectType)
  const enums = types.filter(isEnumType)
  const scalars = types.filter(isScalarType)
  const group = (title: string, members: readonly GraphQLNamedType[]): string =>
    [`## ${title}`, ...members.map((type) => section(type, access))].join('\n\n')
  return `${[
    '# API reference',
    'Made from the schema by `npm run generate`; edit the SDL in `schema/subgraphs` or `schema/stream.graphql` instead of this page.',
    group('Operations', roots),
    group('Objects', objects),
    group('Inputs', inputs),
    group('Enumerations', enums),
    group('Scalars', scalars),
    errorSection(),
  ].join('\n\n')}\n`
}
