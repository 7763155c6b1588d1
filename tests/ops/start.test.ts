import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'

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
    const ended = once(npm, 'exit')
    process.kill(-(npm.pid ?? 0), 'SIGINT')
    await ended
    await untilNobodyIsLeft()
  })

  it('leaves no process behind when it is killed', async () => {
    await start()
    expect(survivors().length).toBeGreaterThanOrEqual(3)
    process.kill(npm.pid ?? 0, 'SIGKILL')
    await untilNobodyIsLeft()
  })
})
