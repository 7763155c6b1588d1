import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { startWorld, type World } from '../world/world.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))

/** A project outside this repository that has installed the client. */
const consumer = /* TypeScript */ `
import { createClient, newKey, PlatformError } from '@cnop/client'

const [url = '', username = ''] = process.argv.slice(2)
const client = createClient({ url })
const password = 'Correct-Horse-26'
await client.signUp({
  input: { username, password, email: username + '@example.com', firstName: 'Ada', lastName: 'Byron' },
})
const guess = await client
  .signIn({ input: { username, password: 'Wrong-Horse-26' } })
  .catch((error: unknown) => (error instanceof PlatformError ? error.code : undefined))
await client.signIn({ input: { username, password } })
await client.deposit({ input: { amount: '500.00', key: newKey() } })
const stopped = new AbortController()
let price = ''
for await (const { prices } of client.followPrices({ ids: ['BTC'] }, { signal: stopped.signal })) {
  price = prices.prices[0]?.price ?? ''
  stopped.abort()
}
const input = {
  assetId: 'BTC',
  side: 'BUY',
  type: 'MARKET',
  quoteAmount: '100.00',
  key: newKey(),
} as const
const [first, second] = [await client.placeOrder({ input }), await client.placeOrder({ input })]
const small: unknown = await client
  .placeOrder({ input: { ...input, quoteAmount: '-1', key: newKey() } })
  .catch((error: unknown) => error)
const { me } = await client.portfolio()
const holdings: readonly string[] = me?.portfolio.holdings.map(({ assetId }) => assetId) ?? []
await client.signOut()
const after: unknown = await client.portfolio().catch((error: unknown) => error)
console.log(
  JSON.stringify({
    guess,
    hasPrice: Number(price) > 0,
    isOneOrder: first.placeOrder.order.id === second.placeOrder.order.id,
    small: small instanceof PlatformError && [small.code, small.details['field']],
    holdings,
    after: after instanceof PlatformError && after.code,
  }),
)
`

let world: World
let directory: string
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cnop-client-'))
  world = await startWorld({ PERSISTED_ONLY: 'true' })
})
afterAll(async () => {
  await world.stop()
  rmSync(directory, { recursive: true, force: true })
})

it('the packed client compiles and works in a project of its own', async () => {
  const installed = join(directory, 'node_modules/@cnop/client')
  await run('node', ['--import', 'tsx', 'schema/client/pack.ts', installed], { cwd: root })
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(directory, 'consumer.ts'), consumer)
  const options = ['--target', 'es2022', '--module', 'nodenext', '--strict', '--types', 'node']
  await run(
    join(root, 'node_modules/.bin/tsc'),
    ['consumer.ts', '--ignoreConfig', ...options, '--typeRoots', join(root, 'node_modules/@types')],
    { cwd: directory },
  ).catch((error: unknown) => {
    throw new Error((error as { stdout: string }).stdout)
  })
  const { stdout } = await run('node', ['consumer.js', world.origin, 'kit_user'], {
    cwd: directory,
  })
  expect(JSON.parse(stdout)).toEqual({
    guess: 'INVALID_CREDENTIALS',
    hasPrice: true,
    isOneOrder: true,
    small: ['BAD_USER_INPUT', 'quoteAmount'],
    holdings: ['BTC'],
    after: 'UNAUTHENTICATED',
  })
})
