import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect as connectSocket } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { findOnPath, freeLoopbackPort, startChild, stopChild, type Child } from './child.ts'

export interface RedisProcess {
  /** Includes the password. */
  readonly url: string
  /** Resolves with how the present server ends. */
  ended(): Promise<string>
  /** Kills the server, to simulate an outage. */
  kill(): Promise<void>
  /** Starts an empty server at the same URL. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** A real redis-server on a free loopback port, without persistence, with a generated password. */
export async function startRedisProcess(): Promise<RedisProcess> {
  const binary = findOnPath('redis-server')
  if (!binary) {
    throw new Error('redis-server is required: install it (apt-get install redis-server).')
  }
  const port = await freeLoopbackPort()
  const directory = mkdtempSync(join(tmpdir(), 'redis-'))
  const password = randomBytes(24).toString('base64url')
  // In a file that others cannot read; every user of the machine sees the arguments of a process.
  writeFileSync(configPath(directory), `requirepass ${password}\n`, { mode: 0o600 })
  let child = await startServer(binary, port, directory)
  return {
    url: `redis://default:${password}@127.0.0.1:${port}`,
    ended: () => child.ended,
    kill: async () => {
      child.process.kill('SIGKILL')
      await child.ended
    },
    restart: async () => {
      child = await startServer(binary, port, directory)
    },
    stop: async () => {
      await stopChild(child)
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

const configPath = (directory: string): string => join(directory, 'redis.conf')

async function startServer(binary: string, port: number, directory: string): Promise<Child> {
  const settings = ['--save', '', '--appendonly', 'no', '--daemonize', 'no', '--dir', directory]
  const place = ['--port', `${port}`, '--bind', '127.0.0.1']
  const child = await startChild(binary, [configPath(directory), ...place, ...settings])
  for (let attempt = 0; attempt < 1_000; attempt++) {
    if (await accepts(port)) return child
    await delay(5)
  }
  await stopChild(child)
  throw new Error(`redis-server did not start: ${child.lastOutput()}`)
}

async function accepts(port: number): Promise<boolean> {
  const socket = connectSocket({ port, host: '127.0.0.1' })
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
