/**
 * Random operations with random `@requires` with arguments, compared with a slow reference: the stock gateway lets
 * fields with different arguments share one value. The reference runs graphql-js over the model, without services and
 * plans.
 */
import { createEngine, type Engine } from '@cnop/router/engine'
import { execute as ask } from '@cnop/router/engine/testing/request'
import type { SubgraphCall } from '@cnop/router/engine/transport'
import {
  Kind,
  TypeInfo,
  execute,
  parse,
  print,
  type SelectionSetNode,
  visit,
  visitWithTypeInfo,
  type FieldNode,
  type GraphQLFieldResolver,
} from 'graphql'
import { hashOf, seededChance } from './chance.ts'
import {
  makeRequirements,
  modelValue,
  linkedType as typeBelow,
  requirementText,
  someEntities,
  type Entity,
  type MadeRequirements,
  type Requirements,
} from './made-requirements.ts'
import { makeOperation, type MadeOperation } from './operations.ts'

export interface RequirementsResult {
  readonly cases: number
  /** Operations that cannot be planned, because a field requires another with two different arguments. */
  readonly refused: number
  readonly differences: readonly string[]
}

const casesOfSupergraph = 25

export async function runRequirements(
  cases: number,
  seed: number,
  isGenerated = true,
): Promise<RequirementsResult> {
  const differences: string[] = []
  let [done, refused] = [0, 0]
  let previous: Engine | undefined
  for (let round = 0; done < cases; round += 1) {
    const made = makeRequirements(seededChance(hashOf(seed, 'requirements', round)))
    const engine = await open(made, isGenerated)
    // The planners would end with the last engine.
    await previous?.stop()
    previous = engine
    for (let index = 0; index < casesOfSupergraph && done < cases; index += 1) {
      const operation = makeOperation(engine.apiSchema(), seededChance(hashOf(seed, round, index)))
      if (!operation) continue
      done += 1
      const difference = await runCase(engine, made.requirements, operation)
      if (difference === 'refused') refused += 1
      else if (difference !== undefined) differences.push(`${describe(made)}\n${difference}`)
    }
  }
  await previous?.stop()
  return { cases: done, refused, differences }
}

function open({ supergraphSdl, schemas }: MadeRequirements, isGenerated: boolean): Promise<Engine> {
  const send = async ({ service, body }: SubgraphCall) => {
    const { query, variables } = JSON.parse(body) as MadeOperation
    const schema = schemas.get(service)
    if (!schema) throw new Error(`There is no service ${service}.`)
    return {
      text: JSON.stringify(
        await execute({ schema, document: parse(query), variableValues: variables }),
      ),
    }
  }
  return createEngine({
    supergraphSdl,
    transport: { send },
    isGenerated,
    mostOperations: casesOfSupergraph,
  })
}

async function runCase(
  engine: Engine,
  requirements: Requirements,
  operation: MadeOperation,
): Promise<string | undefined> {
  const document = parse(operation.query)
  const schema = engine.apiSchema()
  const expected = await execute({
    schema,
    document,
    variableValues: operation.variables,
    fieldResolver: reference(requirements),
    typeResolver: (value) => (value as Entity).__typename,
  })
  const answer = await ask(engine, operation).catch((error: unknown) => ({ errors: [error] }))
  const [expectedText, text] = [expected, answer].map((each) => JSON.stringify(each))
  if (text === expectedText) return undefined
  const isRefused = String(answer.errors?.[0]).includes('cannot be planned')
  if (isRefused && isContradictory(engine, requirements, operation)) return 'refused'
  const shown = answer.errors ? `${String(text)} ${String(answer.errors[0])}` : text
  return [
    operation.query,
    JSON.stringify(operation.variables),
    `expected ${expectedText}`,
    `got      ${shown}`,
  ].join('\n')
}

function reference(requirements: Requirements): GraphQLFieldResolver<unknown, unknown> {
  const valueOf = (entity: Entity, name: string, args: Record<string, unknown>): unknown => {
    if (name === 'id') return entity.id
    const required = requirements.get(`${entity.__typename}.${name}`)
    if (!required) return modelValue(entity, name, args)
    return JSON.stringify(
      requirementText(required, entity, (source, node) =>
        valueOf(source as Entity, node.name.value, argumentsIn(node)),
      ),
    )
  }
  return (source, args, _context, { fieldName }) => {
    if (source !== undefined)
      return valueOf(source as Entity, fieldName, args as Record<string, unknown>)
    return fieldName === 'a' ? someEntities()[0] : someEntities()
  }
}

/** The arguments that a service receives: `unit` has a default. */
function argumentsIn(node: FieldNode): Record<string, unknown> {
  const given = (node.arguments ?? []).map(({ name, value }) => [
    name.value,
    value.kind === Kind.INT
      ? Number(value.value)
      : value.kind === Kind.ENUM
        ? value.value
        : undefined,
  ])
  const args = Object.fromEntries(given) as Record<string, unknown>
  return node.name.value === 'v' || node.name.value === 'w' ? { unit: 'ONE', ...args } : args
}

/** Whether a field of the operation requires a field with two different arguments, directly or through others. */
function isContradictory(
  engine: Engine,
  requirements: Requirements,
  { query }: MadeOperation,
): boolean {
  const used = new Set<string>()
  const typeInfo = new TypeInfo(engine.apiSchema())
  visit(
    parse(query),
    visitWithTypeInfo(typeInfo, {
      Field: ({ name }) => void used.add(`${typeInfo.getParentType()?.name ?? ''}.${name.value}`),
    }),
  )
  return [...used].some((coordinate) => {
    const seen = new Map<string, string>()
    return !agrees(requirements, coordinate, seen)
  })
}

function agrees(requirements: Requirements, start: string, seen: Map<string, string>): boolean {
  const walk = (type: string, selections: SelectionSetNode): boolean =>
    selections.selections.every((node) => {
      if (node.kind === Kind.INLINE_FRAGMENT)
        return walk(node.typeCondition?.name.value ?? type, node.selectionSet)
      if (node.kind !== Kind.FIELD) return true
      const coordinate = `${type}.${node.name.value}`
      const text = (node.arguments ?? []).map(print).sort().join()
      if ((seen.get(coordinate) ?? text) !== text) return false
      seen.set(coordinate, text)
      const inner = node.selectionSet
        ? walk(typeBelow(type, node.name.value), node.selectionSet)
        : true
      return inner && agrees(requirements, coordinate, seen)
    })
  const required = requirements.get(start)
  return !required || walk(start.split('.')[0] ?? '', required)
}

const describe = ({ requirements }: MadeRequirements): string =>
  [...requirements]
    .map(([name, set]) => `${name} requires ${print(set).replaceAll(/\s+/g, ' ')}`)
    .join('\n')
