import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** The full path of a program in `PATH`. */
export function findOnPath(program: string): string | undefined {
  const { status, stdout } = spawnSync('/bin/sh', ['-c', 'command -v "$1"', 'sh', program], {
    encoding: 'utf8',
  })
  const path = stdout.trim()
  return status === 0 && path.startsWith('/') ? path : undefined
}

export interface Child {
  readonly process: ChildProcess
  readonly pid: number
  /** The end of the program's output. */
  readonly lastOutput: () => string
  /** Resolves with the signal or exit code when the program has ended. */
  readonly ended: Promise<string>
}

const outputKept = 2_000

export interface ChildOptions {
  /** Empty by default, so that no secret leaks into a program that does not need it. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly onLine?: (line: string) => void
}

/** Starts a server program that ends with this process, even when this process is killed. */
export async function startChild(
  binary: string,
  parameters: readonly string[],
  { env = {}, onLine }: ChildOptions = {},
): Promise<Child> {
  const [program, ...rest] = [...bindToParent(), binary, ...parameters]
  // In a process group of its own: Ctrl-C signals the whole group, and this process stops its programs in order.
  const child = spawn(program, rest, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const collect = (chunk: string): void => {
    output = (output + chunk).slice(-outputKept)
    for (const line of chunk.split('\n')) if (line.trim()) onLine?.(line.trim())
  }
  child.stdout.setEncoding('utf8').on('data', collect)
  child.stderr.setEncoding('utf8').on('data', collect)
  // Where the kernel does not bind the child to its parent, an orderly exit still ends it.
  const endIt = (): void => void child.kill('SIGKILL')
  process.once('exit', endIt)
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      process.removeListener('exit', endIt)
      resolve(signal ?? `exit code ${String(code)}`)
    })
  })
  await once(child, 'spawn')
  if (child.pid === undefined) throw new Error(`${binary} was not started.`)
  return { process: child, pid: child.pid, lastOutput: () => output.trim(), ended }
}

function bindToParent(): [string, ...string[]] | [] {
  const setpriv = findOnPath('setpriv')
  if (!setpriv || spawnSync(setpriv, ['--pdeathsig', 'TERM', '/bin/true']).status !== 0) return []
  return [setpriv, '--pdeathsig', 'TERM', '--']
}

/** Sends SIGTERM to a child, and SIGKILL after a timeout. */
export async function stopChild(child: Child, patienceMs = 5_000): Promise<void> {
  child.process.kill('SIGTERM')
  const timer = setTimeout(() => child.process.kill('SIGKILL'), patienceMs)
  await child.ended
  clearTimeout(timer)
}

/**
 * A free port of this machine's loopback, below the range from which outgoing connections take
 * theirs. It stays free for its server, also while that restarts: until this process ends, no other
 * call returns it, in this process or another one.
 */
export async function freeLoopbackPort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = randomInt(15_000, 32_000)
    if ((await isFree(port)) && (await reserve(port))) return port
  }
  throw new Error('No free port was found.')
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen({ port, host: '127.0.0.1', exclusive: true })
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}

/** Binds the UDP port of the same number. The system releases it with this process, however it ends. */
async function reserve(port: number): Promise<boolean> {
  const socket = createSocket('udp4')
  socket.bind({ port, address: '127.0.0.1', exclusive: true })
  try {
    await once(socket, 'listening')
  } catch {
    socket.close()
    return false
  }
  socket.unref()
  return true
}
