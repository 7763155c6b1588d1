import { describe, expect, it } from '@jest/globals'
import { apiSchema, supergraph } from '@cnop/schema/read'
import { buildSchema, getOperationAST, parse } from 'graphql'
import type { GuardedOperation } from '../operations/operation-stages.ts'
import { dayMs, minuteMs, openUseCounts } from './field-limit-store.ts'
import { guardFields } from './guard-fields.ts'
import { readLimitRules } from './limit-rules.ts'
import { rememberPrograms } from './programs.ts'
import { shareCounts } from '@cnop/kit/shared-counts'

const schema = buildSchema(apiSchema())
const rules = readLimitRules(supergraph())

type Limits = Readonly<Record<string, number>>

function openGuard(perMinute: Limits = {}, perDay: Limits = {}, now = () => 0) {
  const readProgram = rememberPrograms(rules, { byField: new Map(), others: 100 })
  const shared = shareCounts(undefined)
  return guardFields(
    [
      {
        length: 'minute',
        counts: openUseCounts(shared, now, minuteMs),
        limits: new Map(Object.entries(perMinute)),
      },
      {
        length: 'day',
        counts: openUseCounts(shared, now, dayMs),
        limits: new Map(Object.entries(perDay)),
      },
    ],
    readProgram,
  )
}

/** Runs an operation as a user, and returns the code of the refusal. */
async function ask(
  guard: ReturnType<typeof openGuard>,
  text: string,
  variables: object = {},
  username = 'alice_1',
): Promise<string | undefined> {
  const document = parse(text)
  const audit = (): void => undefined
  const context = { actor: { username }, clientIp: '203.0.113.7', audit, limitsHit: [] }
  const operation = {
    document,
    definition: getOperationAST(document),
    schema,
    variables,
    context,
  } as unknown as GuardedOperation
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
  it('may be read without limit, and regenerated six times a minute by each user', async () => {
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

  it('counts the default of a variable that is not given, and every alias', async () => {
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

it('lets orders be cancelled when no more may be placed', async () => {
  const guard = openGuard({ placeOrder: 1 })
  const place = 'mutation { placeOrder(input: {}) { order { id } } }'
  expect(await ask(guard, place)).toBeUndefined()
  expect(await ask(guard, place)).toBe('RATE_LIMITED')
  expect(await ask(guard, 'mutation { cancelOrder(input: {}) { order { id } } }')).toBeUndefined()
})

it('counts every use of a field whose limit has no condition', async () => {
  const guard = openGuard({ placeOrder: 2 })
  const both =
    'mutation { a: replaceOrder(input: {}) { order { id } } placeOrder(input: {}) { order { id } } }'
  expect(await ask(guard, both)).toBeUndefined()
  expect(await ask(guard, both)).toBe('RATE_LIMITED')
})

it('counts no use that the variables leave out', async () => {
  const guard = openGuard({ placeOrder: 2 })
  const some = `mutation ($on: Boolean = false) {
    a: placeOrder(input: {}) @include(if: $on) { order { id } }
    ... @skip(if: true) { b: placeOrder(input: {}) { order { id } } }
    c: placeOrder(input: {}) { order { id } }
  }`
  expect(await ask(guard, some)).toBeUndefined()
  expect(await ask(guard, some, { on: true })).toBe('RATE_LIMITED')
  // A variable that does not fit the directive is for the executor to refuse, so that everything counts.
  expect(await ask(guard, some, { on: null })).toBe('RATE_LIMITED')
  expect(await ask(guard, some, { on: false })).toBeUndefined()
})

describe('a limit of a day', () => {
  const signUp = (aliases: number): string =>
    `mutation { ${Array.from({ length: aliases }, (_, index) => `a${index}: signUp(input: {}) { user { username } }`).join(' ')} }`

  it('counts beside that of a minute, aliases included, until a day is over', async () => {
    let nowMs = 0
    const guard = openGuard({ signUp: 4 }, { signUp: 6 }, () => nowMs)
    expect(await ask(guard, signUp(4))).toBeUndefined()
    expect(await ask(guard, signUp(1))).toBe('RATE_LIMITED')
    nowMs += minuteMs
    expect(await ask(guard, signUp(3))).toBe('RATE_LIMITED')
    nowMs += minuteMs
    expect(await ask(guard, signUp(2))).toBeUndefined()
    nowMs += minuteMs
    expect(await ask(guard, signUp(1))).toBe('RATE_LIMITED')
    nowMs += dayMs
    expect(await ask(guard, signUp(4))).toBeUndefined()
  })
})

describe('a change of the e-mail address', () => {
  const update = (input: string, declaration = '') =>
    `mutation ${declaration} { updateProfile(input: ${input}) { user { username } } }`
  const ways: readonly (readonly [string, string, object])[] = [
    ['in the document', update('{ email: "a@example.com" }'), {}],
    [
      'in a variable that is the input',
      update('$i', '($i: UpdateProfileInput!)'),
      { i: { email: 'a@example.com' } },
    ],
    [
      'in a variable within the input',
      update('{ email: $e }', '($e: String)'),
      { e: 'a@example.com' },
    ],
    ['as the default of a variable', update('{ email: $e }', '($e: String = "a@example.com")'), {}],
    [
      'as the default of the input',
      update('$i', '($i: UpdateProfileInput! = { email: "a@example.com" })'),
      {},
    ],
  ]

  it.each(ways)('has a budget of its own when it stands %s', async (_where, text, variables) => {
    const guard = openGuard({ emailChange: 2 })
    expect(await askTimes(2, () => ask(guard, text, variables))).toEqual([])
    expect(await ask(guard, text, variables)).toBe('RATE_LIMITED')
    expect(await ask(guard, text, variables, 'bob_2')).toBeUndefined()
  })

  it('is also limited for an address, whatever the user', async () => {
    const guard = openGuard({ emailChangeOfAddress: 2 })
    const text = update('{ email: "a@example.com" }')
    expect(await ask(guard, text, {}, 'bob_2')).toBeUndefined()
    expect(await ask(guard, text, {}, 'carol_3')).toBeUndefined()
    expect(await ask(guard, text, {}, 'dave_4')).toBe('RATE_LIMITED')
  })

  it('leaves other changes of the profile alone', async () => {
    const guard = openGuard({ emailChange: 0, emailChangeOfAddress: 0 })
    expect(await ask(guard, update('{ firstName: "Ada" }'))).toBeUndefined()
    const byVariable = update('$i', '($i: UpdateProfileInput!)')
    expect(await ask(guard, byVariable, { i: { firstName: 'Ada' } })).toBeUndefined()
    expect(await ask(guard, byVariable, { i: { email: null } })).toBeUndefined()
  })
})
