import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))
let directory: string
let npm: ChildProcess

/** Runs `npm start` as in a terminal, until it prints that it is ready. */
async function start(): Promise<string> {
  npm = spawn('npm', ['start'], {
    cwd: root,
    detached: true,
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      ROUTER_PORT: '0',
      WEB_PORT: '0',
      LOG_LEVEL: 'error',
      DATA_DIRECTORY: directory,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  npm.stdout?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  npm.stderr?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  while (!text.includes('Ctrl-C stops everything.')) {
    if (npm.exitCode !== null) throw new Error(`npm start ended: ${text}`)
    await delay(50)
  }
  return text
}

/** What must not work beside a running platform: another program on its store or its port. */
async function refuseBeside(port: string): Promise<void> {
  const store = join(directory, 'store')
  const files = readdirSync(store).sort()
  const beside = async (program: string, env: Record<string, string>, ...words: string[]) => {
    const parameters = ['--import', 'tsx', program, ...words]
    const variables = { PATH: process.env['PATH'], DATA_DIRECTORY: directory, ...env }
    return run(process.execPath, parameters, { cwd: root, env: variables }).catch(
      (error: unknown) => (error as { stderr: string }).stderr,
    )
  }
  const backup = join(directory, 'x.backup.gz')
  const refusals = await Promise.all([
    beside('ops/reset.ts', {}),
    beside('ops/backup.ts', {}, '--to', backup),
  ])
  for (const refusal of refusals) {
    expect(refusal).toMatch(/^Process \d+ has the data directory \S+ open\. Stop it first\.\n$/)
  }
  // A port in use is reported before anything is created.
  const DATA_DIRECTORY = join(directory, 'second')
  const second = await beside('ops/start.ts', { DATA_DIRECTORY, ROUTER_PORT: port })
  expect(second).toMatch(/^Port \d+ is in use .* set ROUTER_PORT /)
  expect(existsSync(DATA_DIRECTORY)).toBe(false)
  expect(readdirSync(store).sort()).toEqual(files)
}

/** Processes that use the directory of this test: the platform by its environment, the store by its arguments. */
function survivors(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .filter(
      (name) =>
        readOf(name, 'cmdline').includes(directory) ||
        readOf(name, 'environ').includes(`DATA_DIRECTORY=${directory}`),
    )
}

function readOf(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}

async function untilNobodyIsLeft(): Promise<void> {
  while (survivors().length > 0) await delay(50)
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cnop-start-'))
})
afterEach(() => {
  for (const pid of survivors()) process.kill(parseInt(pid, 10), 'SIGKILL')
  rmSync(directory, { recursive: true, force: true })
})

describe('npm start', () => {
  it('prints all addresses, and stops on Ctrl-C without remaining processes', async () => {
    const text = await start()
    expect(text).toMatch(/Dashboard {4}http:\/\/localhost:\d+/)
    expect(text).toMatch(/Playground {3}http:\/\/localhost:\d+\/playground\//)
    expect(text).toContain('demo_trader')
    await refuseBeside(/:(\d+)\/graphql/.exec(text)?.[1] ?? '')
    const ended = once(npm, 'exit')
    process.kill(-(npm.pid ?? 0), 'SIGINT')
    await ended
    await untilNobodyIsLeft()
    const env = { PATH: process.env['PATH'], DATA_DIRECTORY: directory }
    await run(process.execPath, ['--import', 'tsx', 'ops/reset.ts'], { cwd: root, env })
    expect(existsSync(join(directory, 'store'))).toBe(false)
  })

  it('leaves no process behind when it is killed', async () => {
    await start()
    expect(survivors().length).toBeGreaterThanOrEqual(3)
    process.kill(npm.pid ?? 0, 'SIGKILL')
    await untilNobodyIsLeft()
  })
})
