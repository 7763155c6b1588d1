import { isIP } from 'node:net'
import { parseArgs } from 'node:util'
import { address, parseEnv, storeFields } from '@cnop/kit/config'
import { createLog } from '@cnop/kit/log'
import { openRedis } from '@cnop/kit/redis'
import { bucketAddress, redisBlocks, type SecurityEvent } from '@cnop/router/operator'
import { z } from 'zod'
import { recordCommand } from './audit/record-command.ts'
import { BadUsage, runCommand } from './command/command.ts'
import { reach } from './command/reach.ts'

const usage = `Usage: npm run block -- list
       npm run block -- set <ip> [--seconds 300]
       npm run block -- clear <ip>
With REDIS_URL it works on the keys themselves; without, through the router at ROUTER_ORIGIN
(http://127.0.0.1:8080) with an administrator's access token in OPERATOR_TOKEN.`

interface Shown {
  readonly ip: string
  readonly secondsLeft: number
}

interface Blocks {
  list(): Promise<readonly Shown[]>
  set(ip: string, seconds: number): Promise<unknown>
  clear(ip: string): Promise<unknown>
  close(): Promise<void>
}

async function overRedis(url: string): Promise<Blocks> {
  const log = createLog('block', { level: 'warn', filePath: undefined })
  const redis = await openRedis(url, log)
  // Only its commands are used here. The router configures how long it blocks.
  const blocks = redisBlocks(redis.client, { maxFailures: 5, windowMs: 300_000, blockMs: 300_000 })
  // The router does not see changes to the keys, so the command writes to the audit trail itself.
  const note = (action: SecurityEvent['action'], extra: SecurityEvent['extra']): Promise<void> =>
    recordCommand('block', { env: process.env, log }, { action, outcome: 'ok', extra })
  const reason = 'by a command'
  return {
    list: () => blocks.list(),
    set: async (ip, seconds) => {
      await blocks.set(ip, seconds)
      await note('block.set', { ip, seconds, reason })
    },
    clear: async (ip) => {
      await blocks.clear(ip)
      await note('block.cleared', { ip, reason })
    },
    close: () => redis.close(),
  }
}

function overRouter(origin: string, token: string | undefined): Blocks {
  if (!token) throw new Error('OPERATOR_TOKEN must hold the access token of an administrator.')
  const call = async (method: string, ip = '', body?: object): Promise<unknown> => {
    const response = await reach(`${origin}/system/blocks/${encodeURIComponent(ip)}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    const answer = (await response.json()) as { message?: string }
    if (!response.ok) throw new Error(`The router refused (${response.status}): ${answer.message}`)
    return answer
  }
  return {
    list: async () => ((await call('GET')) as { blocks: Shown[] }).blocks,
    set: (ip, seconds) => call('PUT', ip, { seconds }),
    clear: (ip) => call('DELETE', ip),
    close: () => Promise.resolve(),
  }
}

const router = 'http://127.0.0.1:8080'

const fields = {
  REDIS_URL: storeFields.REDIS_URL,
  ROUTER_ORIGIN: address(router).default(router),
  OPERATOR_TOKEN: z.string().optional(),
}

async function run(blocks: Blocks, command: string, ip: string, seconds: number): Promise<string> {
  if (command === 'set') {
    await blocks.set(ip, seconds)
    return `${ip} is blocked from signing in for ${seconds} s.`
  }
  if (command === 'clear') {
    const wasBlocked = (await blocks.list()).some((block) => block.ip === ip)
    await blocks.clear(ip)
    const found = wasBlocked ? 'is no longer blocked' : 'was not blocked'
    return `${ip} ${found}; its failed sign-ins are deleted.`
  }
  const found = await blocks.list()
  if (found.length === 0) return 'No address is blocked.'
  return found.map(({ ip: one, secondsLeft }) => `${one}  ${secondsLeft} s left`).join('\n')
}

function checkAddress(ip: string): void {
  // An IPv6 network is listed with its length.
  if (isIP(ip.replace(/\/\d{1,3}$/, '')) === 0) throw new BadUsage(`"${ip}" is no IP address.`)
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seconds: { type: 'string', default: '300' } },
  })
  const [command = '', ip = ''] = positionals
  const seconds = Number(values.seconds)
  if (ip !== '') checkAddress(ip)
  const isKnown = command === 'list' || (['set', 'clear'].includes(command) && ip !== '')
  if (!isKnown || !Number.isSafeInteger(seconds) || seconds < 1) throw new BadUsage()
  const { REDIS_URL, ROUTER_ORIGIN, OPERATOR_TOKEN } = parseEnv(fields, process.env)
  const blocks = REDIS_URL ? await overRedis(REDIS_URL) : overRouter(ROUTER_ORIGIN, OPERATOR_TOKEN)
  try {
    process.stdout.write(`${await run(blocks, command, bucketAddress(ip), seconds)}\n`)
    return 0
  } finally {
    await blocks.close()
  }
}

await runCommand({ usage, failed: 1, main })
