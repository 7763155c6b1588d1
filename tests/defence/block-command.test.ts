import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { startRedisProcess, type RedisProcess } from '@cnop/kit/redis-process'
import { verifyChains } from '@cnop/ops/audit/verify-chains'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))

let redis: RedisProcess
let directory: string
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cnop-block-'))
  redis = await startRedisProcess()
})
afterAll(async () => {
  await redis.stop()
  rmSync(directory, { recursive: true })
})

const block = (env: Record<string, string>, ...words: string[]) =>
  run(process.execPath, ['--import', 'tsx', 'ops/block.ts', ...words], {
    cwd: root,
    env: { ...env, DATA_DIRECTORY: directory, PATH: process.env['PATH'] },
  })

it('sets, lists and clears a block over Redis', async () => {
  const env = { REDIS_URL: redis.url }
  const set = await block(env, 'set', '203.0.113.7', '--seconds', '90')
  expect(set.stdout).toBe('203.0.113.7 is blocked from signing in for 90 s.\n')
  expect((await block(env, 'list')).stdout).toMatch(/^203\.0\.113\.7 {2}\d+ s left\n$/)
  const cleared = 'its failed sign-ins are deleted.\n'
  const clear = async () => (await block(env, 'clear', '203.0.113.7')).stdout
  expect(await clear()).toBe(`203.0.113.7 is no longer blocked; ${cleared}`)
  expect(await clear()).toBe(`203.0.113.7 was not blocked; ${cleared}`)
  expect((await block(env, 'list')).stdout).toBe('No address is blocked.\n')
  const { violations, events } = verifyChains(join(directory, 'audit'))
  expect(violations).toEqual([])
  expect([events.get('block.set ok'), events.get('block.cleared ok')]).toEqual([1, 2])
})

it.each([
  [{}, ['list'], 'OPERATOR_TOKEN must hold'],
  [{}, ['clear'], 'Usage: npm run block'],
  [{}, ['set', '203.0.113'], '"203.0.113" is no IP address.'],
])('with %j and %j reports what is missing', async (env, words, line) => {
  await expect(block(env, ...words)).rejects.toMatchObject({
    stderr: expect.stringContaining(line),
  })
})
