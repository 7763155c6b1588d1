import { execFile } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { systemClock } from '@cnop/kit/clock'
import type { Key } from '@cnop/kit/dynamo'
import { transact, type Write } from '@cnop/kit/transact'
import { accountKey } from '@cnop/ledger/keys'
import { setFault } from '../../world/admin.ts'
import { root } from '../stage.ts'
import { address, from, type Platform } from './platform.ts'

const run = promisify(execFile)

/** Breaks one thing, and mends it. */
export interface Break {
  readonly what: string
  /** The alerts that must fire while it is broken, and be resolved when it is not. */
  readonly alerts: readonly string[]
  begin(): Promise<void>
  /** Repeated once a second until the alerts have fired. */
  readonly during?: () => Promise<unknown>
  end(): Promise<void>
}

const signal = (pid: number, name: 'SIGSTOP' | 'SIGCONT'): Promise<void> =>
  Promise.resolve(void process.kill(pid, name))

const pidOf = ({ split }: Platform, name: string): number =>
  split.services.find((service) => service.name === name)!.pid

/** A process that hangs answers neither calls nor scrapes. */
function hangingSubgraph(platform: Platform): Break {
  return {
    what: 'a subgraph hangs',
    alerts: ['ProcessDown', 'BreakerOpen', 'RequestsFailing'],
    begin: () => signal(pidOf(platform, 'user'), 'SIGSTOP'),
    end: () => signal(pidOf(platform, 'user'), 'SIGCONT'),
  }
}

const together = (count: number, work: () => Promise<unknown>): Promise<unknown> =>
  Promise.all(Array.from({ length: count }, () => work().catch(() => undefined)))

function slowSubgraph({ operator, split }: Platform): Break {
  return {
    what: 'a subgraph is slow, and many requests come at once',
    alerts: ['LatencyHigh', 'Overloaded'],
    begin: () => setFault(split.origin, operator, 'inventory', { kind: 'slow', delayMs: 1_500 }),
    during: () => together(120, () => operator.ask('{ market { feed isOpen } }', {}, from())),
    end: () => setFault(split.origin, operator, 'inventory'),
  }
}

function storeHangs({ split }: Platform): Break {
  return {
    what: 'the store hangs',
    alerts: ['StoreUnreachable'],
    begin: () => signal(split.engine.pid, 'SIGSTOP'),
    end: () => signal(split.engine.pid, 'SIGCONT'),
  }
}

function redisEnds({ split }: Platform): Break {
  return {
    what: 'Redis ends',
    alerts: ['RedisDown'],
    begin: () => split.redis.kill(),
    end: () => split.redis.restart(),
  }
}

/** An alteration that only a verification of the whole journal finds. */
function alteredBalance({ db, split, victim, directory }: Platform): Break {
  const gift = (cents: bigint): Promise<void> =>
    transact(db, [
      {
        update: {
          TableName: 'ledger',
          Key: accountKey(victim.username),
          UpdateExpression: 'SET available = available + :gift',
          ExpressionAttributeValues: { ':gift': cents },
        },
      },
    ])
  const verify = (...parameters: string[]) =>
    run(
      process.execPath,
      ['--import', 'tsx', `${root}ops/ledger-verify.ts`, '--full', ...parameters],
      {
        cwd: root,
        env: {
          PATH: process.env['PATH'],
          STORE: 'endpoint',
          DYNAMODB_ENDPOINT: split.engine.endpoint,
          DATA_DIRECTORY: directory,
        },
      },
    )
  return {
    what: 'a balance is altered in the store',
    alerts: ['LedgerViolation'],
    begin: async () => {
      await gift(1n)
      // It ends with 1, because it has found the alteration.
      await verify().catch(() => undefined)
    },
    end: async () => {
      await gift(-1n)
      await verify('--reopen')
    },
  }
}

/** Takes leases as a process does that hangs while it holds them. */
function heldLeases(
  { db }: Platform,
  table: string,
  keys: readonly Key[],
): { take(): Promise<void>; release(): Promise<void> } {
  const heldUntil = systemClock() + 600_000
  const row = { holder: 'alerts-live', heldUntil, expiresAt: BigInt(Math.ceil(heldUntil / 1_000)) }
  const write = (writes: readonly Write[]): Promise<void> => transact(db, writes)
  return {
    take: () => write(keys.map((key) => ({ put: { TableName: table, Item: { ...key, ...row } } }))),
    release: () => write(keys.map((Key) => ({ delete: { TableName: table, Key } }))),
  }
}

function unverifiedMovement(platform: Platform): Break {
  const shards = Array.from({ length: 8 }, (_, shard) => ({
    pk: `LEASE#verify-ledger#${shard}`,
    sk: 'LEASE',
  }))
  const leases = heldLeases(platform, 'users', shards)
  return {
    what: 'no process verifies the ledger',
    alerts: ['LedgerUnverified'],
    begin: async () => {
      await leases.take()
      await platform.trader.deposits('1.00')
    },
    end: () => leases.release(),
  }
}

function silentMarket(platform: Platform): Break {
  const leases = heldLeases(platform, 'inventory', [{ pk: 'LEASE', sk: 'MARKET' }])
  return {
    what: 'no process reads the market',
    alerts: ['QuotesStale'],
    begin: () => leases.take(),
    end: () => leases.release(),
  }
}

function wrongSignIns({ trader }: Platform): Break {
  const guess =
    'mutation { signIn(input: { username: "nobody_here", password: "Wrong-Horse-26" }) { accessToken } }'
  return {
    what: 'passwords are guessed',
    alerts: ['FailedLoginBurst'],
    begin: () => Promise.resolve(),
    during: () => together(10, () => trader.ask(guess, {}, from())),
    end: () => Promise.resolve(),
  }
}

function floodOfOneAddress({ operator }: Platform): Break {
  const flooder = address()
  return {
    what: 'one address exceeds its rate limit',
    alerts: ['RateLimitSurge'],
    begin: () => Promise.resolve(),
    during: async () => {
      for (let round = 0; round < 8; round += 1)
        await together(30, () => operator.ask('{ __typename }', {}, from(flooder)))
    },
    end: () => Promise.resolve(),
  }
}

/** No file of the router may grow, as on a full disk. */
function fullDisk(platform: Platform): Break {
  const limit = async (bytes: string): Promise<void> => {
    await run('prlimit', [`--pid=${pidOf(platform, 'router')}`, `--fsize=${bytes}`])
  }
  const event = (): Promise<unknown> => wrongSignIns(platform).during!()
  return {
    what: 'the disk of the audit trail is full',
    alerts: ['AuditTrailUnwritable'],
    begin: () => limit('0:unlimited'),
    during: event,
    end: async () => {
      await limit('unlimited')
      await event()
    },
  }
}

/** A chain that nobody can have written. */
function forgedChain({ directory }: Platform): Break {
  const file = join(directory, 'audit', 'router-forged.jsonl')
  return {
    what: 'a chain of the audit trail is forged',
    alerts: ['AuditTrailBroken'],
    begin: () => writeFile(file, '{}\n'),
    end: () => rm(file),
  }
}

export const breaksOf = (platform: Platform): readonly Break[] =>
  [
    wrongSignIns,
    floodOfOneAddress,
    hangingSubgraph,
    slowSubgraph,
    redisEnds,
    storeHangs,
    silentMarket,
    unverifiedMovement,
    alteredBalance,
    fullDisk,
    forgedChain,
  ].map((make) => make(platform))
