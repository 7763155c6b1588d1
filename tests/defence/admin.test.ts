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
import { timeUntilRefused } from '../attack/identity/sessions.ts'
import type { Trader } from '../world/trader.ts'
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
})
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

interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
}

async function signIn({ username, password }: Pick<Trader, 'username' | 'password'>) {
  const document = 'mutation S($i: SignInInput!) { signIn(input: $i) { accessToken refreshToken } }'
  const { data } = await world.stranger.ask<{ signIn: Tokens }>(document, {
    i: { username, password },
  })
  return data!.signIn
}

const roleOf = ({ accessToken }: Tokens) => decodeJwt(accessToken)['role']

/** Follows the cash of a user until the stream ends, and returns all its events. */
async function follow(token: string): Promise<{ readonly rest: Promise<string> }> {
  const response = await fetch(`${world.origin}/stream`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({ query: 'subscription { balanceChanged { sequence } }' }),
  })
  expect(response.status).toBe(200)
  return { rest: response.text() }
}

describe('npm run admin', () => {
  it('makes a user an administrator and a customer again', async () => {
    const trader = await world.trader()
    expect(roleOf(await signIn(trader))).toBe('customer')
    const { stdout } = await admin('grant', trader.username)
    expect(stdout).toContain(`${trader.username} is ADMIN. 2 sessions have ended`)
    expect(roleOf(await signIn(trader))).toBe('admin')
    await admin('revoke', trader.username)
    const { events } = verifyChains(join(env['DATA_DIRECTORY']!, 'audit'))
    expect(events.get('role.change ok')).toBe(2)
    expect(roleOf(await signIn(trader))).toBe('customer')
  })

  it('leaves no token and no stream with the previous role', async () => {
    const trader = await world.trader()
    await admin('grant', trader.username)
    const before = await signIn(trader)
    const admitted = () =>
      fetch(`${world.origin}/system/blocks`, {
        headers: { authorization: `Bearer ${before.accessToken}` },
      })
    expect((await admitted()).status).toBe(200)
    const { rest } = await follow(before.accessToken)
    await admin('revoke', trader.username)
    expect(await rest).toContain('SESSION_ENDED')
    await timeUntilRefused([world.origin], before.accessToken)
    expect((await admitted()).status).toBe(401)
    const refresh =
      'mutation R($t: String!) { refreshSession(input: { refreshToken: $t }) { accessToken } }'
    const { codes } = await world.stranger.ask(refresh, { t: before.refreshToken })
    expect(codes).toEqual(['SESSION_ENDED'])
  })

  it.each([
    [['grant', 'nobody_here'], 1, 'No user'],
    [['grant'], 2, 'npm run admin -- grant'],
  ])('refuses %j with exit code %d and a clear message', async (words, code, line) => {
    await expect(admin(...words)).rejects.toMatchObject({
      code,
      stderr: expect.stringContaining(line),
    })
  })
})
