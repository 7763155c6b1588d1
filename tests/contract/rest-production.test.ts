import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { freeLoopbackPort } from '@cnop/kit/child'
import { createRestClient, createRestUser } from '../world/rest.ts'
import { startWorld, type World } from '../world/world.ts'

let world: World
let metricsPort: number

beforeAll(async () => {
  metricsPort = await freeLoopbackPort()
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  world = await startWorld({
    APP_PROFILE: 'production',
    STORE: 'embedded',
    JWT_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    METRICS_PORT: String(metricsPort),
  })
})
afterAll(() => world.stop())

it('REST works when only persisted operations are accepted', async () => {
  const { call } = await createRestUser(createRestClient(world.origin), '10')
  expect((await call('GET', '/balance')).body).toMatchObject({ current_balance: '10.00' })
  const free = await world.stranger.ask('{ assets { totalCount } }')
  expect(free.codes).toEqual(['PERSISTED_QUERY_ONLY'])
})

it('metrics are on a separate port', async () => {
  await createRestClient(world.origin)('GET', '/portfolio')
  expect((await fetch(`${world.origin}/metrics`)).status).toBe(404)
  const metrics = await fetch(`http://127.0.0.1:${metricsPort}/metrics`)
  expect(metrics.status).toBe(200)
  expect(await metrics.text()).toContain('endpoint="/api/v1/portfolio"')
})

it('a change of e-mail address needs a confirmation; other changes of the profile do not', async () => {
  const { email, call } = await createRestUser(createRestClient(world.origin))
  const change = { first_name: 'Grace', email: `new.${email}` }
  const refused = await call('PUT', '/auth/profile', { body: change })
  expect(refused.status).toBe(422)
  expect(refused.body).toMatchObject({
    detail: [
      { loc: ['body', 'email'], msg: 'cannot be changed over REST; change it in the dashboard' },
    ],
  })
  const unchanged = { first_name: 'Grace', email: email.toUpperCase() }
  const changed = await call('PUT', '/auth/profile', { body: unchanged })
  expect(changed.body).toMatchObject({ user: { first_name: 'Grace', email } })
})

it('a new account gets no red pocket, and the response states when it will', async () => {
  const { call } = await createRestUser(createRestClient(world.origin))
  const { status, body } = await call('POST', '/cny/claim', { body: { phrase: 'luck' } })
  expect([status, (body as { code: string }).code]).toEqual([422, 'ACCOUNT_TOO_NEW'])
})
