import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { startWorld, type World } from '../world/world.ts'

let directory: string
let world: World
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cnop-aborted-'))
  world = await startWorld({ LOG_LEVEL: 'info', LOG_FILE_PATH: directory })
})
afterAll(async () => {
  await world.stop()
  rmSync(directory, { recursive: true, force: true })
})

const json = { 'content-type': 'application/json' }

async function countOf(status: string): Promise<number> {
  const text = await (await fetch(`${world.origin}/metrics`)).text()
  const line = new RegExp(
    `^gateway_requests_total\\{status_code="${status}",endpoint="/graphql"\\} (\\d+)`,
    'm',
  )
  return parseInt(line.exec(text)?.[1] ?? '0', 10)
}

it('counts and logs a request as 499 when its client disconnects before the response', async () => {
  await fetch(`${world.origin}/system/faults/inventory`, {
    method: 'PUT',
    headers: json,
    body: JSON.stringify({ kind: 'slow', delayMs: 2_000 }),
  })
  const leaving = new AbortController()
  const asking = fetch(`${world.origin}/graphql`, {
    method: 'POST',
    headers: { ...json, 'x-request-id': 'req-aborted-1' },
    body: JSON.stringify({ query: '{ market { feed } }' }),
    signal: leaving.signal,
  })
  // When this later request has its response, the router has received the earlier one.
  await countOf('200')
  leaving.abort()
  await expect(asking).rejects.toThrow()
  while ((await countOf('499')) < 1) await delay(20)
  expect(await countOf('499')).toBe(1)
  const file = join(directory, 'router', 'router.log')
  const lines = (): { request_id?: string; action?: string; extra?: { status: number } }[] =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.includes('req-aborted-1'))
      .map((line) => JSON.parse(line) as { action: string })
  while (!lines().some(({ action }) => action === 'request.answered')) await delay(20)
  const answered = lines().filter(({ action }) => action === 'request.answered')
  expect(answered.map(({ extra }) => extra?.status)).toEqual([499])
})
