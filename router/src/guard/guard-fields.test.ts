import { describe, expect, it } from '@jest/globals'
import { apiSchema, supergraph } from '@cnop/schema/read'
import { buildSchema, getOperationAST, parse } from 'graphql'
import type { ResolvedOperation } from '../operation-stages.ts'
import { openUseCounts } from './field-limit-store.ts'
import { guardFields } from './guard-fields.ts'
import { readLimitRules } from './limit-rules.ts'
import { rememberPrograms } from './operation-program.ts'
import { shareCounts } from './shared-counts.ts'

const schema = buildSchema(apiSchema())
const rules = readLimitRules(supergraph())

function openGuard(overrides: Readonly<Record<string, number>> = {}) {
  const readProgram = rememberPrograms(rules, { byField: new Map(), others: 100 })
  const counts = openUseCounts(shareCounts(undefined), () => 0)
  return guardFields(counts, new Map(Object.entries(overrides)), readProgram)
}

/** Asks as a user, and gives the code of the refusal. */
async function ask(
  guard: ReturnType<typeof openGuard>,
  text: string,
  variables: object = {},
  username = 'alice_1',
): Promise<string | undefined> {
  const document = parse(text)
  const exchange = { actor: { username }, clientIp: '203.0.113.7', audit: () => undefined }
  const operation = {
    document,
    operation: getOperationAST(document),
    schema,
    request: { variables },
    contextValue: { exchange },
  } as unknown as ResolvedOperation
  try {
    await guard(operation)
    return undefined
  } catch (error) {
    return (error as { code: string }).code
  }
}

const insight = (refresh: string, declaration = '') =>
  `query ${declaration} { me { portfolio { insight${refresh} { summary } } } }`
const byVariable = insight('(refresh: $refresh)', '($refresh: Boolean!)')

async function askTimes(times: number, run: () => Promise<string | undefined>) {
  const codes: (string | undefined)[] = []
  for (let time = 0; time < times; time += 1) codes.push(await run())
  return codes.filter((code) => code !== undefined)
}

describe('an insight', () => {
  it('may be read as often as one likes, and written anew six times a minute by each user', async () => {
    const guard = openGuard()
    const read = () => ask(guard, byVariable, { refresh: false })
    expect(await askTimes(20, read)).toEqual([])
    expect(await askTimes(20, () => ask(guard, insight('')))).toEqual([])
    expect(await askTimes(20, () => ask(guard, insight('(refresh: false)')))).toEqual([])

    expect(await askTimes(4, () => ask(guard, byVariable, { refresh: true }))).toEqual([])
    expect(await askTimes(2, () => ask(guard, insight('(refresh: true)')))).toEqual([])
    expect(await ask(guard, byVariable, { refresh: true })).toBe('RATE_LIMITED')
    expect(await ask(guard, insight('(refresh: true)'))).toBe('RATE_LIMITED')
    expect(await read()).toBeUndefined()
    expect(await ask(guard, byVariable, { refresh: true }, 'bob_2')).toBeUndefined()
  })

  it('counts what a variable is when nobody says, and every alias', async () => {
    const guard = openGuard({ insight: 3 })
    const unsaid = insight('(refresh: $refresh)', '($refresh: Boolean! = true)')
    expect(await ask(guard, unsaid)).toBeUndefined()
    expect(await ask(guard, unsaid, { refresh: false })).toBeUndefined()
    const thrice = `{ me { portfolio {
      a: insight(refresh: true) { summary } b: insight(refresh: true) { summary } c: insight(refresh: true) { summary }
    } } }`
    expect(await ask(guard, thrice)).toBe('RATE_LIMITED')
    const twice = thrice.replace(/c: .*/, '')
    expect(await ask(guard, twice)).toBeUndefined()
    expect(await ask(guard, unsaid)).toBe('RATE_LIMITED')
  })
})

it('counts every use of a field whose limit has no condition', async () => {
  const guard = openGuard({ placeOrder: 2 })
  const both =
    'mutation { a: cancelOrder(input: {}) { order { id } } placeOrder(input: {}) { order { id } } }'
  expect(await ask(guard, both)).toBeUndefined()
  expect(await ask(guard, both)).toBe('RATE_LIMITED')
})
