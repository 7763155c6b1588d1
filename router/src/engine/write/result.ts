/**
 * From the data of a finished run to the answer: the generated writer where it can, the plain one where it
 * must. Writers are compiled for the values that @skip and @include variables have, so each is straight code.
 */
import type { GraphQLError, GraphQLSchema } from 'graphql'
import { GraphQLError as GraphQLErrorClass } from 'graphql'
import { read } from '../data.ts'
import type { Data } from '../data.ts'
import type { Run } from '../call/run.ts'
import { introspector } from '../introspect.ts'
import { createLimitedMap } from '../limited-map.ts'
import type { AlikeRules } from '../plan/intern.ts'
import type { ClientOperation } from '../plan/client-operation.ts'
import { compileWriter } from './generated.ts'
import type { WriteText } from './generated.ts'
import { finish } from './body.ts'
import type { Finished } from './body.ts'
import { writePlain } from './plain.ts'
import { objectShape } from './shape.ts'
import type { ObjectShape } from './shape.ts'

export interface Answered {
  /** Null when a null had to propagate up to the root. */
  readonly finished: Finished | null
  readonly notes: readonly GraphQLError[]
}

interface Writers {
  readonly shape: ObjectShape
  readonly names: readonly string[]
  readonly writeText: WriteText | undefined
}

/** Clients choose the combinations; the ones in use are few. */
export const mostCombinations = 16

export interface WriteSetting {
  readonly isGenerated: boolean
  /** Where equal objects became one: their text is written once. */
  readonly alike: AlikeRules
}

export function compileAnswer(
  source: ClientOperation,
  schema: GraphQLSchema,
  setting: WriteSetting,
): (run: Run) => Answered {
  const combinations = createLimitedMap<Writers>(mostCombinations)
  return (run) => {
    const key = combinationKey(source.conditionVariables, run.coerced)
    let writers = combinations.get(key)
    if (!writers) {
      writers = compileWriters(source, schema, run.coerced, setting)
      combinations.set(key, writers)
    }
    return answer(source, schema, writers, run)
  }
}

function combinationKey(names: readonly string[], variables: Data): string {
  let key = ''
  for (const name of names) {
    const value = read(variables, name)
    if (value === null || value === undefined) {
      throw new GraphQLErrorClass(`The condition "$${name}" of type "Boolean!" must not be null.`, {
        extensions: { code: 'BAD_USER_INPUT' },
      })
    }
    key += value === true ? '1' : '0'
  }
  return key
}

function compileWriters(
  source: ClientOperation,
  schema: GraphQLSchema,
  conditions: Data,
  { isGenerated, alike }: WriteSetting,
): Writers {
  const root = schema.getRootType(source.operation.operation)
  if (!root) throw new Error('The schema has no such root type.')
  const { fragments, outputNames } = source
  const shape = objectShape(
    { schema, fragments, conditions: { ...conditions }, outputNames },
    root.name,
    [source.operation.selectionSet],
  )
  return {
    shape,
    names: shape.fields.map((field) => field.output),
    writeText: isGenerated ? compileWriter(schema, shape, alike) : undefined,
  }
}

function answer(
  source: ClientOperation,
  schema: GraphQLSchema,
  { shape, names, writeText }: Writers,
  run: Run,
): Answered {
  const text = writeText?.(run.root, run.isPlain)
  if (text !== undefined) return { finished: finish(text, run.isPlain, names), notes: [] }
  const introspect = introspector(
    {
      schema,
      fragments: source.fragments,
      variableDefinitions: source.operation.variableDefinitions ?? [],
    },
    run.variables,
  )
  const { data, notes } = writePlain(schema, shape, run.root, introspect)
  return { finished: data && finish(JSON.stringify(data), false, names), notes }
}
