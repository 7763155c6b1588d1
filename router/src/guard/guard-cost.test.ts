import { expect, it } from '@jest/globals'
import { parseEnv } from '@cnop/kit/config'
import { createLog } from '@cnop/kit/log'
import { apiSchema, supergraph } from '@cnop/schema/read'
import { buildSchema, getOperationAST, isObjectType, parse } from 'graphql'
import type { OperationResult, GuardedOperation } from '../operations/operation-stages.ts'
import { openBudget } from './budget.ts'
import { guardConfig, guardVariables } from './guard-config.ts'
import { type CostRules, guardCost } from './guard-cost.ts'
import { readLimitRules } from './limit-rules.ts'
import { rememberPrograms } from './programs.ts'
import { shareCounts } from '@cnop/kit/shared-counts'

const schema = buildSchema(apiSchema())
const log = createLog('test', { level: 'silent', filePath: undefined })

function openGuard(rules: Partial<CostRules>, perMinute: number) {
  const readProgram = rememberPrograms(readLimitRules(supergraph()), {
    byField: new Map(),
    others: 100,
  })
  const spend = openBudget({ name: 'cost', limit: perMinute }, shareCounts(undefined))
  const usual = { perOperation: 50, mode: 'enforce', isShown: true } as const
  return guardCost({ ...usual, ...rules }, spend, readProgram, () => 0)
}

/** Runs a query through the guard and returns the cost that the response reports. */
async function ask(guard: ReturnType<typeof openGuard>, first: number) {
  const document = parse(`{ assets(first: ${first}) { nodes { id } } }`)
  const audit = (): void => undefined
  const context = { actor: undefined, clientIp: '203.0.113.7', log, audit, limitsHit: [] }
  const operation = {
    document,
    definition: getOperationAST(document),
    schema,
    variables: {},
    context,
  } as unknown as GuardedOperation
  const result: OperationResult = {}
  await (
    await guard(operation)
  )?.(result)
  return result.extensions?.['cost']
}

it('refuses an operation above the cost limit', async () => {
  const guard = openGuard({}, 1_000)
  expect(await ask(guard, 49)).toMatchObject({ estimated: 50, budget: { remaining: 950 } })
  await expect(ask(guard, 50)).rejects.toMatchObject({ code: 'QUERY_TOO_COMPLEX' })
})

it('refuses when the budget of the minute is spent, with the time until the next', async () => {
  const guard = openGuard({}, 60)
  await ask(guard, 49)
  await expect(ask(guard, 49)).rejects.toMatchObject({ code: 'RATE_LIMITED' })
  await expect(ask(guard, 49)).rejects.toHaveProperty('retryAfterSeconds', 60)
})

it('only reports in measure mode, but always limits the page size', async () => {
  const guard = openGuard({ mode: 'measure' }, 60)
  expect(await ask(guard, 90)).toMatchObject({ estimated: 91, limit: 50, mode: 'measure' })
  await expect(ask(guard, 101)).rejects.toMatchObject({
    code: 'BAD_USER_INPUT',
    details: { field: 'first', reason: 'must be 1 to 100 for Query.assets' },
  })
})

/** The largest page that a description names, by field. */
const described = Object.values(schema.getTypeMap()).flatMap((type) =>
  isObjectType(type)
    ? Object.values(type.getFields()).flatMap(({ name, args }) =>
        args.flatMap(({ description }) => {
          const most = /At most this many.*, 1 to (\d+)\./.exec(description ?? '')?.[1]
          return most === undefined ? [] : [[`${type.name}.${name}`, Number(most)] as const]
        }),
      )
    : [],
)

const pagesOf = (env: Record<string, string>) =>
  guardConfig(parseEnv(guardVariables, env), 'demo').pages

it('has the range of each page that its description names, so that a refusal names one range', () => {
  const { byField, others } = pagesOf({})
  const sized = [...readLimitRules(supergraph()).listSizes]
    .filter(([, { slicingArguments }]) => slicingArguments.length > 0)
    .map(([place]) => place)
  expect(described.map(([place]) => place).sort()).toEqual(sized.sort())
  for (const [place, most] of described) {
    expect([place, byField.get(place) ?? others]).toEqual([place, most])
  }
})

it('keeps the sizes of the pages that the environment does not name', () => {
  const { byField } = pagesOf({ PAGE_SIZES: 'Query.assets=20,Portfolio.activity=10' })
  expect(Object.fromEntries(byField)).toEqual({
    ...Object.fromEntries(pagesOf({}).byField),
    'Query.assets': 20,
    'Portfolio.activity': 10,
  })
})

it('does not report the cost where that is disabled', async () => {
  expect(await ask(openGuard({ isShown: false }, 60), 5)).toBeUndefined()
})
