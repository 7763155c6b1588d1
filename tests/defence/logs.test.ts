import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { newKey, startWorld, type World } from '../world/world.ts'

interface Line {
  readonly timestamp: string
  readonly level: string
  readonly service: string
  readonly request_id?: string
  readonly action?: string
  readonly message?: string
}

let directory: string
let world: World
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cnop-logs-'))
  world = await startWorld({ LOG_LEVEL: 'info', LOG_FILE_PATH: directory })
})
afterAll(async () => {
  await world.stop()
  rmSync(directory, { recursive: true, force: true })
})

/** Every file that a log shipper reads: `<path>/<service>/<service>.log`. The audit trail has another format. */
function readFiles(): { path: string; text: string }[] {
  const services = readdirSync(directory).filter((name) => name !== 'audit')
  return services.map((service) => {
    const path = join(directory, service, `${service}.log`)
    return { path, text: readFileSync(path, 'utf8') }
  })
}

const readLines = (): Line[] =>
  readFiles().flatMap(({ text }) =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line),
  )

/** Log lines are written after the response, so they are awaited. */
async function untilLine(isIt: (line: Line) => boolean): Promise<Line[]> {
  for (;;) {
    const lines = readLines()
    if (lines.some(isIt)) return lines
    await delay(20)
  }
}

describe('log files', () => {
  it('follow one field standard, and share one request id from the edge to the subgraph', async () => {
    const trader = await world.trader()
    const requestId = `req-test-${newKey()}`
    const deposit = 'mutation D($i: CashInput!) { deposit(input: $i) { entry { id } } }'
    const { errors } = await trader.ask(
      deposit,
      { i: { key: newKey(), amount: '10.00' } },
      { 'x-request-id': requestId },
    )
    expect(errors).toEqual([])
    const lines = await untilLine(
      (line) => line.request_id === requestId && line.action === 'request.answered',
    )
    const own = lines.filter((line) => line.request_id === requestId)
    expect(own.map(({ service, action }) => `${service} ${action}`)).toEqual(
      expect.arrayContaining(['router request.answered', 'user cash.deposit']),
    )
    for (const line of lines) {
      expect(line.timestamp).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/)
      expect(line.level).toMatch(/^(debug|info|warn|error)$/)
      expect(line.service).toEqual(expect.any(String))
      expect(line.message).toEqual(expect.any(String))
    }
  })

  it('distinguish a refused request from a successful one by level', async () => {
    const requestId = `req-test-${newKey()}`
    await world.stranger.ask('{ me { username } }', {}, { 'x-request-id': requestId })
    const lines = await untilLine(
      (line) => line.request_id === requestId && line.action === 'request.answered',
    )
    const answered = lines.find(
      (line) => line.request_id === requestId && line.action === 'request.answered',
    )
    expect(answered?.level).toBe('warn')
  })

  it('never contain a password, a token or a phrase', async () => {
    const trader = await world.trader()
    const phrase = `canary-phrase-${newKey()}`
    const claim = 'mutation C($i: ClaimRedPocketInput!) { claimRedPocket(input: $i) { amount } }'
    await trader.ask(claim, { i: { key: newKey(), phrase } })
    await world.stranger.ask(
      '{ market { feed } }',
      {},
      { authorization: 'Bearer canary-token-abc' },
    )
    await fetch(`${world.origin}/auth/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: 'cnop_refresh=canary-cookie-abc' },
      body: JSON.stringify({ username: trader.username, password: 'canary-Password-1!' }),
    })
    const requestId = `req-test-${newKey()}`
    await world.stranger.ask('{ __typename }', {}, { 'x-request-id': requestId })
    await untilLine((line) => line.request_id === requestId)
    const text = readFiles()
      .map((file) => file.text)
      .join('')
    const secrets = [trader.password, trader.token, trader.refreshToken, phrase]
    for (const secret of [...secrets, 'canary-token', 'canary-cookie', 'canary-Password']) {
      expect(text).not.toContain(secret)
    }
  })
})
