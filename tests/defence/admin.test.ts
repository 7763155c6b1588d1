import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type EmbeddedEngine, startEmbedded } from '@cnop/kit/embedded'
import { createLog } from '@cnop/kit/log'
import { verifyChains } from '@cnop/ops/audit/verify-chains'
import { decodeJwt } from 'jose'
import { startWorld, type World } from '../world/world.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))

let engine: EmbeddedEngine
let world: World
let env: Record<string, string>
beforeAll(async () => {
  engine = await startEmbedded({ log: createLog('test', { level: 'silent', filePath: undefined }) })
  const directory = mkdtempSync(join(tmpdir(), 'cnop-admin-'))
  env = { STORE: 'endpoint', DYNAMODB_ENDPOINT: engine.endpoint, DATA_DIRECTORY: directory }
  world = await startWorld(env)
}, 120_000)
afterAll(async () => {
  await world.stop()
  await engine.stop()
  rmSync(env['DATA_DIRECTORY']!, { recursive: true })
})

const admin = (...words: string[]) =>
  run(process.execPath, ['--import', 'tsx', 'ops/admin.ts', ...words], {
    cwd: root,
    env: { ...env, PATH: process.env['PATH'] },
  })

async function roleOf({ username, password }: { username: string; password: string }) {
  const document = 'mutation S($i: SignInInput!) { signIn(input: $i) { accessToken } }'
  const { data } = await world.stranger.ask<{ signIn: { accessToken: string } }>(document, {
    i: { username, password },
  })
  return decodeJwt(data!.signIn.accessToken)['role']
}

describe('npm run admin', () => {
  it('makes an administrator of a user, and a customer again', async () => {
    const trader = await world.trader()
    expect(await roleOf(trader)).toBe('customer')
    const { stdout } = await admin('grant', trader.username)
    expect(stdout).toContain(`${trader.username} is ADMIN`)
    expect(await roleOf(trader)).toBe('admin')
    await admin('revoke', trader.username)
    const { events } = verifyChains(join(env['DATA_DIRECTORY']!, 'audit'))
    expect(events.get('role.change ok')).toBe(2)
    expect(await roleOf(trader)).toBe('customer')
  })

  it.each([
    [['grant', 'nobody_here'], 'No user'],
    [['grant'], 'npm run admin -- grant'],
  ])('refuses %j with a clear line', async (words, line) => {
    await expect(admin(...words)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining(line),
    })
  })
})
