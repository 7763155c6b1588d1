import type { Clock } from '@cnop/kit/clock'
import type { RedisConnection } from '@cnop/kit/redis'
import {
  type Block,
  type BlockRules,
  type IpBlocks,
  memoryBlocks,
  type Reservation,
} from './ip-block.ts'
import type { SharedCounts } from '@cnop/kit/shared-counts'

type Client = RedisConnection['client']

/** Runbooks name these keys: `login_fail:<ip>` counts, `ip_block:<ip>` blocks. */
const keysOf = (ip: string) => [`login_fail:${ip}`, `ip_block:${ip}`, `login_pending:${ip}`]

/** Pending attempts of a crashed process count as failures after this time. */
const pendingMs = 30_000

const reserveScript = `
local left = redis.call('PTTL', KEYS[2])
if left ~= -2 then return {'blocked', left, 0} end
local attempts, most, window, block = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], ARGV[4]
local failures = tonumber(redis.call('GET', KEYS[1]) or '0')
local pending = math.min(failures, tonumber(redis.call('GET', KEYS[3]) or '0'))
local rest = most - (failures - pending)
if rest <= 0 then
  redis.call('PEXPIRE', KEYS[1], block)
  redis.call('SET', KEYS[2], '1', 'PX', block)
  return {'blocked', tonumber(block), 1}
end
if attempts > rest then return {'excess', rest} end
if failures + attempts > most then return {'busy', 0} end
redis.call('INCRBY', KEYS[1], attempts)
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], window) end
redis.call('INCRBY', KEYS[3], attempts)
redis.call('PEXPIRE', KEYS[3], ARGV[5])
return {'reserved', 0}
`

const settleScript = `
local attempts, failed, most, window, block = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4], ARGV[5]
local pending = math.max(0, tonumber(redis.call('GET', KEYS[3]) or '0') - attempts)
if pending == 0 then redis.call('DEL', KEYS[3]) else redis.call('SET', KEYS[3], pending, 'KEEPTTL') end
local failures = math.max(failed, tonumber(redis.call('GET', KEYS[1]) or '0') - attempts + failed)
if failures == 0 then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], failures, 'KEEPTTL')
  if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], window) end
end
if failed > 0 and failures - pending >= most and redis.call('EXISTS', KEYS[2]) == 0 then
  redis.call('SET', KEYS[2], '1', 'PX', block)
  redis.call('PEXPIRE', KEYS[1], block)
  return tonumber(block)
end
return 0
`

/** The counts of all processes; each script runs as one step. */
export function redisBlocks(client: Client, rules: BlockRules): IpBlocks {
  const { maxFailures, windowMs, blockMs } = rules
  return {
    reserve: async (ip, attempts) => {
      const limits = [maxFailures, windowMs, blockMs, pendingMs]
      const reply = await client.eval(reserveScript, 3, ...keysOf(ip), attempts, ...limits)
      return toReservation(reply as ReserveReply, blockMs)
    },
    settle: async (ip, attempts, failures) => {
      const limits = [maxFailures, windowMs, blockMs]
      const counts = [attempts, failures]
      const setMs = await client.eval(settleScript, 3, ...keysOf(ip), ...counts, ...limits)
      return setMs === 0 ? undefined : Number(setMs)
    },
    list: () => listBlocks(client),
    set: async (ip, seconds) => {
      await client.set(`ip_block:${ip}`, '1', 'EX', seconds)
    },
    clear: async (ip) => {
      const wasBlocked = await client.exists(`ip_block:${ip}`)
      await client.del(...keysOf(ip))
      return wasBlocked === 1
    },
  }
}

type ReserveReply = readonly [kind: Reservation['kind'], msLeftOrAttempts: number, isNew?: number]

/** A block that an operator set without an expiry gets the full duration. */
function toReservation([kind, left, isNew]: ReserveReply, blockMs: number): Reservation {
  if (kind === 'excess') return { kind, left }
  if (kind !== 'blocked') return { kind }
  return { kind, msLeft: left < 0 ? blockMs : left, isNew: isNew === 1 }
}

/** At most this many blocks are listed. */
const mostListed = 1_000

async function listBlocks(client: Client): Promise<Block[]> {
  const keys = new Set<string>()
  let cursor = '0'
  do {
    const [next, page] = await client.scan(cursor, 'MATCH', 'ip_block:*', 'COUNT', 500)
    for (const key of page) keys.add(key)
    cursor = next
  } while (cursor !== '0' && keys.size < mostListed)
  const blocks = await Promise.all(
    [...keys].slice(0, mostListed).map(async (key) => ({
      ip: key.slice('ip_block:'.length),
      secondsLeft: await client.ttl(key),
    })),
  )
  return blocks.filter(({ secondsLeft }) => secondsLeft !== -2)
}

/** Counts in Redis, and in this process alone while Redis is unavailable. */
export function openIpBlocks(shared: SharedCounts, rules: BlockRules, now: Clock): IpBlocks {
  const alone = memoryBlocks(rules, now)
  const { client } = shared
  if (!client) return alone
  const common = redisBlocks(client, rules)
  return {
    reserve: (ip, attempts) =>
      shared.run(
        () => common.reserve(ip, attempts),
        () => alone.reserve(ip, attempts),
      ),
    settle: (ip, attempts, failures) =>
      shared.run(
        () => common.settle(ip, attempts, failures),
        () => alone.settle(ip, attempts, failures),
      ),
    list: () =>
      shared.run(
        () => common.list(),
        () => alone.list(),
      ),
    set: (ip, seconds) =>
      shared.run(
        () => common.set(ip, seconds),
        () => alone.set(ip, seconds),
      ),
    clear: (ip) =>
      shared.run(
        () => common.clear(ip),
        () => alone.clear(ip),
      ),
  }
}
