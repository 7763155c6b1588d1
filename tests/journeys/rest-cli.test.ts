import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { runCli } from '../../ops/cli/run.ts'
import { newPerson } from '../world/rest.ts'
import { startWorld, type World } from '../world/world.ts'

let world: World
let directory: string

beforeAll(async () => {
  world = await startWorld({ SEED_DEMO_USER: 'true' })
  directory = mkdtempSync(join(tmpdir(), 'cnop-cli-'))
})
afterAll(async () => {
  await world.stop()
  rmSync(directory, { recursive: true, force: true })
})

async function run(...args: string[]) {
  const said: string[] = []
  const say = (text: string) => void said.push(text)
  const env = { CNOP_ORIGIN: world.origin, CNOP_PASSWORD: 'Demo-Trader-2026!' }
  const sessionPath = join(directory, 'cli', 'session.json')
  const code = await runCli({ env, sessionPath, print: say, complain: say }, args)
  return { code, text: said.join('\n') }
}

it('a user trades from the command line', async () => {
  expect(await run('profile')).toMatchObject({ code: 1, text: expect.stringContaining('401') })
  expect((await run('health')).text).toContain('"healthy"')
  const { username, email } = newPerson()
  const names = ['--first-name', 'Ada', '--last-name', 'Lovelace']
  const registered = await run('register', '--username', username, '--email', email, ...names)
  expect(registered).toMatchObject({ code: 0, text: expect.stringContaining('registered') })
  expect(await run('login', '--username', 'demo_trader')).toEqual({ code: 0, text: 'Signed in.' })
  expect(statSync(join(directory, 'cli', 'session.json')).mode & 0o777).toBe(0o600)
  expect((await run('profile')).text).toContain('"demo_trader"')
  expect((await run('assets', '--limit', '1')).text).toContain('"BTC"')
  expect((await run('asset', 'eth')).text).toContain('"ETH"')
  expect((await run('order', 'buy', 'eth', '0.01', '--price', '1')).text).toContain('"pending"')
  expect((await run('orders', '--limit', '1')).text).toContain('"limit_buy"')
  expect((await run('portfolio')).text).toContain('"assets"')
})

it('reports what is wrong with a command', async () => {
  expect(await run('order', 'buy', 'BTC')).toMatchObject({ code: 2 })
  expect(await run('dance')).toMatchObject({ code: 2, text: expect.stringContaining('portfolio') })
  expect(await run('order', 'sell', 'eth', 'all')).toMatchObject({
    code: 1,
    text: expect.stringContaining('quantity: Input should be a valid decimal'),
  })
})
