import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { type Admin, createAdmin } from '../world/admin.ts'
import { newKey, startWorld, type World } from '../world/world.ts'

let directory: string
let world: World
let admin: Admin
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cnop-canaries-'))
  world = await startWorld({
    LOG_LEVEL: 'debug',
    LOG_FILE_PATH: directory,
    GATEWAY_FAILED_LOGIN_LIMIT: '1000',
  })
  admin = await createAdmin(world)
})
afterAll(async () => {
  await world.stop()
  rmSync(directory, { recursive: true, force: true })
})

/** Every secret that was sent, by the place where it was sent. */
const canaries = new Map<string, string>()

/**
 * Creates a secret for a place. It is valid as a password, and as a username for a user who types it there by mistake.
 */
function canary(place: string): string {
  const secret = `Canary_${randomBytes(6).toString('hex')}_X`
  canaries.set(secret, place)
  return secret
}

async function send(
  path: string,
  request: RequestInit = {},
): Promise<{ status: number; text: string }> {
  const response = await fetch(`${world.origin}${path}`, request)
  return { status: response.status, text: await response.text() }
}

const json = (body: unknown, headers: Record<string, string> = {}, method = 'POST') => ({
  method,
  headers: { 'content-type': 'application/json', ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
})

const graphql = (query: string, variables: unknown = {}, headers: Record<string, string> = {}) =>
  send('/graphql', json({ query, variables }, headers))

const signIn = 'mutation S($i: SignInInput!) { signIn(input: $i) { refreshToken } }'
const signUp = 'mutation U($i: SignUpInput!) { signUp(input: $i) { user { username } } }'
const claim = 'mutation C($i: ClaimRedPocketInput!) { claimRedPocket(input: $i) { amount } }'
const deposit = 'mutation D($i: CashInput!) { deposit(input: $i) { entry { id } } }'
const refresh = 'mutation R($i: RefreshSessionInput!) { refreshSession(input: $i) { username } }'
const revoke =
  'mutation V($i: RevokeRefreshTokenInput!) { revokeRefreshToken(input: $i) { sessionId } }'
const change =
  'mutation P($i: ChangePasswordInput!) { changePassword(input: $i) { sessionsEnded } }'

const person = (password: unknown) => ({
  username: `canaries_${newKey().slice(-10)}`,
  email: `${newKey()}@example.com`,
  password,
  firstName: 'Ada',
  lastName: 'Keeper',
})

async function sendWhereTheyBelong(): Promise<void> {
  const trader = await world.trader()
  for (const secret of [trader.password, trader.token, trader.refreshToken]) {
    canaries.set(secret, 'a session')
  }
  const own = { authorization: `Bearer ${trader.token}` }
  const { username } = trader
  const good = await graphql(signUp, { i: person(canary('a sign-up')) })
  expect(good.text).not.toContain('errors')
  await graphql(signIn, { i: { username, password: canary('a wrong password') } })
  await graphql(refresh, { i: { refreshToken: canary('a refresh token') } })
  await graphql(revoke, { i: { refreshToken: canary('a token to revoke') } })
  const device = { deviceToken: canary('a device token') }
  await graphql(signIn, { i: { username, password: trader.password, ...device } })
  await graphql(claim, { i: { key: newKey(), phrase: canary('a phrase') } }, own)
  const key = canary('an idempotency key')
  expect((await graphql(deposit, { i: { key, amount: '10.00' } }, own)).text).toContain('"entry"')
  const passwords = { currentPassword: canary('an old password'), newPassword: canary('a new one') }
  await graphql(change, { i: passwords }, own)
  await send('/auth/sign-in', json({ username, password: canary('the session endpoint') }))
  const cookies = () => `cnop_refresh=${canary('the cookie')}; cnop_device=${canary('the device')}`
  await send('/auth/refresh', json({}, { cookie: `${cookies()}; b=c` }))
  await send('/auth/sign-out', json({}, { cookie: cookies() }))
  const rest = { username, password: canary('a REST login') }
  await send('/api/v1/auth/login', json(rest))
  const register = { ...person(canary('a REST sign-up')), first_name: 'Ada', last_name: 'Keeper' }
  await send('/api/v1/auth/register', json(register))
  const idempotent = { ...own, 'idempotency-key': canary('the REST key') }
  await send('/api/v1/balance/deposit', json({ amount: '1.00' }, idempotent))
}

async function sendInWrongVariables(): Promise<void> {
  const password = () => canary('a variable')
  await graphql(signIn, { i: { username: password(), password: 'Correct-Horse-26' } })
  await graphql(signIn, { i: { username: password().toLowerCase(), password: password() } })
  await graphql(signIn, { i: password() })
  await graphql(signIn, { i: { username: 'somebody', password: { text: password() } } })
  await graphql(signIn, { i: { username: 'somebody', password: 'x', [password()]: 1 } })
  await graphql(signIn, { [password()]: password() })
  await graphql(signIn, password())
  await graphql(deposit, { i: { key: newKey(), amount: password() } })
  await graphql(
    `mutation { signIn(input: { username: "${password()}", password: ${password()} }) { username } }`,
  )
  await graphql(`mutation { signIn(input: { username: "somebody", password: "${password()}" ) }`)
  await graphql(`{ market { ${password()} } }`)
  await graphql(`# ${password()}\n{ __typename }`)
  const persistedQuery = { version: 1, sha256Hash: password() }
  await send('/graphql', json({ extensions: { persistedQuery } }))
  for (const path of ['/graphql', '/auth/sign-in', '/api/v1/auth/login', '/api/v1/auth/register']) {
    await send(path, json(`{"username":"somebody","password":"${password()}`))
    await send(path, json(JSON.stringify(password())))
    await send(path, json({ username: password(), password: [password()] }))
    await send(path, { method: 'POST', body: password() })
  }
}

async function sendInWrongHeaders(): Promise<void> {
  const names = [
    'authorization',
    'x-developer-token',
    'x-forwarded-for',
    'x-user-id',
    'content-type',
    'origin',
    'accept',
    'traceparent',
    'tracestate',
    'baggage',
    'cookie',
  ]
  for (const path of ['/graphql', '/auth/sign-in', '/api/v1/auth/login', '/system/audit']) {
    for (const name of names) {
      const secret = canary(`the header ${name}`)
      await send(path, json({ query: '{ __typename }' }, { [name]: secret }))
      await send(path, json({ query: '{ __typename }' }, { [name]: `Bearer ${secret}` }))
    }
    await send(path, json({}, { 'x-request-id': `${canary('a request id')} with a blank` }))
  }
}

async function sendInAddresses(): Promise<void> {
  const secret = () => encodeURIComponent(canary('an address'))
  const paths = [
    `/graphql?query={__typename}&variables=${secret()}&token=${secret()}`,
    `/graphql?query=${secret()}`,
    `/stream?query=${secret()}&access_token=${secret()}`,
    `/api/v1/auth/login?password=${secret()}`,
    `/api/v1/orders/${secret()}`,
    `/api/v1/${secret()}/${secret()}`,
    `/auth/${secret()}`,
    `/assets/${secret()}`,
    `/export/activity.csv?kinds=${secret()}`,
    `/system/blocks/${secret()}`,
    `/system/faults/${secret()}`,
    `/system/audit?user=${secret()}&${secret()}=1`,
    `/${secret()}?${secret()}`,
  ]
  const own = { authorization: `Bearer ${admin.token}` }
  for (const path of paths) {
    await send(path)
    await send(path, { headers: own })
    await send(path, { method: 'DELETE', headers: own })
    await send(path, json({}, own, 'PUT'))
    await send(path, json({}))
  }
}

/** Bytes that are not HTTP. */
async function sendBroken(): Promise<void> {
  const socket = connect(Number(new URL(world.origin).port), '127.0.0.1')
  socket.write(
    `GET /${canary('broken bytes')} HTTP/9.9\r\npassword: ${canary('a broken header')}\r\n\r\n`,
  )
  socket.resume()
  await once(socket, 'close')
}

const readFiles = (): string =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n')

/** Log lines are written after the response, so the last one is awaited. */
async function readLogsBehind(requestId: string): Promise<string> {
  await send('/health', { headers: { 'x-request-id': requestId } })
  for (;;) {
    const text = readFiles()
    if (text.includes(requestId)) return text
    await delay(20)
  }
}

async function readTraces(): Promise<string> {
  const list = await send('/system/traces?limit=200')
  const { traces } = JSON.parse(list.text) as { traces: { traceId: string }[] }
  expect(traces.length).toBeGreaterThan(10)
  const each = await Promise.all(traces.map(({ traceId }) => send(`/system/traces/${traceId}`)))
  return [list.text, ...each.map(({ text }) => text)].join('\n')
}

it('no secret appears in logs, audit trail, metrics or traces, wherever it was sent', async () => {
  const kept = { traces: '', files: '', metrics: '', audit: '' }
  const acts = [
    sendWhereTheyBelong,
    sendInWrongVariables,
    sendInWrongHeaders,
    sendInAddresses,
    sendBroken,
  ]
  for (const act of acts) {
    await act()
    // Only the latest few hundred traces are kept.
    kept.traces += await readTraces()
  }
  kept.files = await readLogsBehind(`req-${newKey()}`)
  kept.metrics = (await send('/metrics')).text
  const own = { authorization: `Bearer ${admin.token}` }
  kept.audit = (await send('/system/audit?limit=500', { headers: own })).text
  expect(canaries.size).toBeGreaterThan(100)
  // A control: each of the four contains what it must contain.
  expect(kept.files).toContain('"action":"request.answered"')
  expect(kept.files).toContain('"action":"user.sign_in"')
  expect(kept.audit).toContain('token.refused')
  expect(kept.metrics).toContain('gateway_audit_events_total{action="token.refused"')
  const leaks = Object.entries(kept).flatMap(([place, text]) =>
    [...canaries]
      .filter(([secret]) => text.toLowerCase().includes(secret.toLowerCase()))
      .map(([secret, sentTo]) => ({ place, sentTo, line: findLine(text, secret) })),
  )
  expect(leaks).toEqual([])
})

function findLine(text: string, secret: string): string {
  const at = text.toLowerCase().indexOf(secret.toLowerCase())
  return text.slice(Math.max(0, at - 200), at + 60)
}
