import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { createAdmin } from '../world/admin.ts'
import { startWorld, type World } from '../world/world.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

it('the demo runs its whole story against a running platform, with notes, and clears its block', async () => {
  const { token } = await createAdmin(world)
  const env = { ...process.env, DEMO_URL: world.origin, OPERATOR_TOKEN: token }
  const { stdout } = await run('node', ['--import', 'tsx', 'ops/demo/demo.ts', '--notes'], {
    cwd: root,
    env,
  })
  expect(stdout).toMatch(/BTC at \$\d+\.\d\d \(bid \$\d+\.\d\d, ask \$\d+\.\d\d, simulated\)/)
  for (const part of [
    'filled at $',
    'ClaimRedPocket',
    '$8.88',
    'IP_BLOCKED',
    'gateway_blocked_addresses 1',
    'cleared',
  ]) {
    expect(stdout).toContain(part)
  }
  const notes = stdout.match(/^ {4}Note: ./gm)?.length
  expect(stdout).toContain(`All ${String(notes)} steps passed.`)
  const { codes } = await world.stranger.ask('{ market { feed } }')
  expect(codes).toEqual([])
})
