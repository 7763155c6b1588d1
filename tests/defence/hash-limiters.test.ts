import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Agent, request } from 'undici'
import type { Trader } from '../world/trader.ts'
import { newKey, startWorld, type World } from '../world/world.ts'

let world: World
let trader: Trader
const agents = new Map<string, Agent>()

beforeAll(async () => {
  // Hashes are slow: a queue of 140 would far exceed the deadline, and one call that exceeds it opens the circuit.
  world = await startWorld({
    PASSWORD_HASH_PASSES: '8',
    SUBGRAPH_DEADLINE_MS: '15000',
    ROUTER_DEADLINE_MS: '30000',
    BREAKER_FAILURES: '1',
  })
  trader = await world.trader()
})
afterAll(async () => {
  await Promise.all([...agents.values()].map((agent) => agent.close()))
  await world.stop()
})

interface Sent {
  readonly status: number
  readonly retryAfter: string | undefined
  readonly code: string | undefined
}

async function post(path: string, body: object, from: string, token?: string): Promise<Sent> {
  const agent = agents.get(from) ?? new Agent({ localAddress: from, connections: 256 })
  agents.set(from, agent)
  const {
    statusCode,
    headers,
    body: answer,
  } = await request(`${world.origin}${path}`, {
    method: 'POST',
    dispatcher: agent,
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  })
  const [, code] = /"code":"([A-Z_0-9]+)"/.exec(await answer.text()) ?? []
  return { status: statusCode, retryAfter: headers['retry-after'] as string | undefined, code }
}

const password = 'Correct-Horse-2026'
const sharedIp = '127.0.0.66'

function signUpGraphql(): Promise<Sent> {
  const username = `crowd_${newKey().slice(-12)}`
  const input = { username, email: `${username}@example.com`, password }
  const query = 'mutation ($i: SignUpInput!) { signUp(input: $i) { user { username } } }'
  const variables = { i: { ...input, firstName: 'Ada', lastName: 'Crowd' } }
  return post('/graphql', { query, variables }, sharedIp)
}

function signUpRest(): Promise<Sent> {
  const username = `crowd_${newKey().slice(-12)}`
  const names = { first_name: 'Ada', last_name: 'Crowd' }
  const person = { username, email: `${username}@example.com`, password, ...names }
  return post('/api/v1/auth/register', person, sharedIp)
}

const breakerOfUser = () =>
  world.router.subgraphs.find(({ place }) => place.name === 'user')!.link.breakerState()

function signInFrom(address: string): Promise<Sent> {
  const { username } = trader
  return post('/auth/sign-in', { username, password: trader.password }, address)
}

describe('many sign-ups from one address', () => {
  it('are refused beyond the limit of the address, and no other client is affected', async () => {
    const signUps = Array.from({ length: 140 }, (_, place) =>
      place % 2 === 0 ? signUpGraphql() : signUpRest(),
    )
    for (let place = 0; place < 5; place += 1) {
      expect(await signInFrom(`127.0.0.${100 + place}`)).toMatchObject({ status: 200 })
    }
    const answers = await Promise.all(signUps)
    const refused = answers.filter(({ code }) => code !== undefined)
    expect(refused.length).toBeGreaterThan(0)
    expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['OVERLOADED', 'SVC_001']))
    expect(refused.every(({ retryAfter }) => retryAfter === '1')).toBe(true)
    expect(answers.some(({ status, code }) => status === 201 && code === undefined)).toBe(true)
    expect(breakerOfUser()).toBe('closed')
  })

  it('succeed again afterwards', async () => {
    expect(await signUpGraphql()).toMatchObject({ status: 200, code: undefined })
  })
})

describe('many concurrent sign-ins', () => {
  it('are refused with a status and a Retry-After, and open no circuit', async () => {
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, place) => signInFrom(`127.0.1.${1 + place}`)),
    )
    const refused = answers.filter(({ status }) => status !== 200)
    for (const answer of refused) {
      expect(answer).toEqual({ status: 503, retryAfter: '1', code: 'OVERLOADED' })
    }
    expect(refused.length).toBeGreaterThan(0)
    expect(answers.some(({ status }) => status === 200)).toBe(true)
    expect(breakerOfUser()).toBe('closed')
  })
})
