import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { type CallRest, createRestClient, createRestUser, newPerson } from '../world/rest.ts'
import { startWorld, type World } from '../world/world.ts'

const blockSeconds = 3
let world: World
let call: CallRest

beforeAll(async () => {
  world = await startWorld({ GATEWAY_BLOCK_DURATION_SECONDS: String(blockSeconds) })
  call = createRestClient(world.origin)
})
afterAll(() => world.stop())

type Fields = Record<string, unknown>

it('a user opens an account, trades, reads an insight, opens a red pocket and signs out', async () => {
  const health = await fetch(`${world.origin}/health`)
  expect(await health.json()).toMatchObject({ status: 'healthy', service: 'gateway', redis: false })

  const { call: own, username } = await createRestUser(call)
  const send = async (method: string, path: string, body?: Fields) => {
    const answer = await own(method, path, body && { body })
    expect([path, answer.status]).toEqual([path, method === 'POST' ? 201 : 200])
    return answer.body as Fields
  }
  expect(await send('GET', '/auth/profile')).toMatchObject({ username })
  await send('POST', '/balance/deposit', { amount: 10_000 })
  const market = await send('GET', '/inventory/assets?limit=5')
  expect((market['data'] as Fields[])[0]).toMatchObject({ asset_id: 'BTC' })
  await send('POST', '/orders', { order_type: 'market_buy', asset_id: 'BTC', quantity: 0.1 })
  await send('POST', '/orders', { order_type: 'market_sell', asset_id: 'BTC', quantity: '0.04' })
  const expires = new Date(Date.UTC(2999, 0, 1)).toISOString()
  const late = { order_type: 'limit_sell', asset_id: 'BTC', quantity: 0.01, price: 999_999 }
  expect((await own('POST', '/orders', { body: { ...late, expires_at: expires } })).status).toBe(
    422,
  )
  const limit = await send('POST', '/orders', late)
  expect(limit).toMatchObject({ data: { status: 'pending', order_type: 'limit_sell' } })
  const { assets } = (await send('GET', '/portfolio')) as { assets: Fields[] }
  expect(assets).toHaveLength(1)
  expect(assets[0]).toMatchObject({ asset_id: 'BTC', quantity: '0.06' })
  const trades = (await send('GET', '/assets/BTC/transactions')) as { data: Fields[] }
  expect(trades.data.map((trade) => [trade['transaction_type'], trade['quantity']])).toEqual([
    ['SELL', '0.04'],
    ['BUY', '0.1'],
  ])
  const balance = await send('GET', '/balance')
  const entries = (await send('GET', '/balance/transactions')) as { transactions: Fields[] }
  const cents = entries.transactions.map(({ amount }) => BigInt(String(amount).replace('.', '')))
  const sum = cents.reduce((total, amount) => total + amount, 0n)
  expect(String(balance['current_balance']).replace('.', '')).toBe(String(sum))
  const insight = (await send('GET', '/insights/portfolio')) as { data: Fields }
  expect(String(insight.data['summary'])).toMatch(/\w/)
  await send('POST', '/cny/claim', { phrase: 'spring' })
  expect((await own('POST', '/auth/logout', { body: {} })).status).toBe(200)
  expect((await own('GET', '/portfolio')).status).toBe(401)
})

it('five wrong passwords block sign-in from the address temporarily, and nothing else', async () => {
  const { username, password, call: own } = await createRestUser(call)
  const login = async (given: string) =>
    call('POST', '/auth/login', { body: { username, password: given } })
  for (let tries = 0; tries < 6; tries++) {
    const body = { username: newPerson().username, password }
    expect((await call('POST', '/auth/login', { body })).status).toBe(404)
  }
  expect((await login(password)).status).toBe(200)
  for (let tries = 0; tries < 5; tries++) expect((await login('Wrong-Horse-2626')).status).toBe(401)

  const blockedAt = performance.now()
  const blocked = await login(password)
  expect([blocked.status, (blocked.body as Fields)['code']]).toEqual([403, 'AUTH_004'])
  expect(Number(blocked.headers.get('retry-after'))).toBeLessThanOrEqual(blockSeconds)
  expect((await call('POST', '/auth/login', { body: '{"broken' })).status).toBe(403)
  expect((await own('GET', '/balance')).status).toBe(200)

  // Attempts during the block do not extend it: they repeat until it ends.
  let attempt = await login(password)
  while (attempt.status === 403 && performance.now() - blockedAt < 20_000) {
    await delay(100)
    attempt = await login(password)
  }
  expect(attempt.status).toBe(200)
})
