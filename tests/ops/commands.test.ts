import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, it } from '@jest/globals'
import { startTestDb } from '@cnop/kit/testing/test-db'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'cnop-commands-'))
afterAll(() => {
  rmSync(directory, { recursive: true })
})

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program of ops to its end, with these variables only. */
async function end(
  program: string,
  words: readonly string[],
  env: Record<string, string>,
): Promise<Ended> {
  const parameters = ['--import', 'tsx', `ops/${program}.ts`, ...words]
  const options = { cwd: root, env: { PATH: process.env['PATH'], LOG_LEVEL: 'error', ...env } }
  try {
    return { code: 0, ...(await run(process.execPath, parameters, options)) }
  } catch (error) {
    return error as Ended
  }
}

const onStore = {
  backup: ['--to', join(directory, 'backups/')],
  'ledger-verify': [],
  'audit-verify': ['--directory', root],
  admin: ['grant', 'somebody'],
  'import-legacy': ['--from', root],
}

it('a command refuses a store that does not exist, and creates none', async () => {
  const DATA_DIRECTORY = join(directory, 'mistyped')
  const store = await startTestDb([])
  const [endpoint, ...embedded] = await Promise.all([
    end('backup', onStore.backup, { DATA_DIRECTORY, DYNAMODB_ENDPOINT: store.endpoint }),
    ...Object.entries(onStore).map(([name, words]) => end(name, words, { DATA_DIRECTORY })),
  ])
  await store.stop()
  for (const { code, stderr } of embedded) {
    expect(stderr).toContain(`DATA_DIRECTORY: ${DATA_DIRECTORY} has no embedded store`)
    expect(code).toBe(2)
  }
  // One line: without a warning of the SDK.
  expect(endpoint).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^DYNAMODB_ENDPOINT: \S+ has no table users, .*\n$/),
  })
  expect(readdirSync(directory)).toEqual([])
})

it('a path that cannot be used is reported with its variable or option', async () => {
  const file = join(directory, 'file')
  writeFileSync(file, '')
  const cases = [
    ['restore', ['--from', '/nowhere'], {}, /^--from: ENOENT/],
    [
      'audit-verify',
      [],
      { DATA_DIRECTORY: '/nowhere' },
      /^DATA_DIRECTORY: there is no audit trail/,
    ],
    [
      'start',
      [],
      { DATA_DIRECTORY: file, ROUTER_PORT: '0', WEB_PORT: '0' },
      /^DATA_DIRECTORY: ENOTDIR/,
    ],
    [
      'start',
      [],
      { LOG_FILE_PATH: file, ROUTER_PORT: '0', WEB_PORT: '0' },
      /^LOG_FILE_PATH: EEXIST|^LOG_FILE_PATH: ENOTDIR/,
    ],
    [
      'start',
      [],
      { INVENTORY_URL: 'inventory:8001' },
      /^INVENTORY_URL: must be a URL such as http:/m,
    ],
    [
      'start',
      [],
      { ORDER_EXPIRY_INTERVAL_MS: 'soon', SESSION_SECONDS: '-1' },
      /^(?=[^]*^ORDER_EXPIRY_INTERVAL_MS: )(?=[^]*^SESSION_SECONDS: )/m,
    ],
    [
      'start',
      [],
      { TRUSTED_PROXIES: '10.0.0.0/33' },
      /^TRUSTED_PROXIES: 10\.0\.0\.0\/33 is neither/m,
    ],
    [
      'introspect',
      ['cny'],
      { CNY_URL: 'cny:8005', CNY_SEAL_KEYS: `a:${'s'.repeat(32)}` },
      /^CNY_URL: must be a URL such as http:/m,
    ],
    [
      'block',
      ['list'],
      { ROUTER_ORIGIN: 'localhost:8080' },
      /^ROUTER_ORIGIN: must be a URL such as http:/m,
    ],
  ] as const
  const ended = await Promise.all(cases.map(([name, words, env]) => end(name, words, env)))
  for (const [index, { code, stderr }] of ended.entries()) {
    expect(stderr).toMatch(cases[index]![3])
    expect(code).toBe(cases[index]![0] === 'start' ? 1 : 2)
  }
  rmSync(file)
})

it('a command explains itself with --help, and after an option that it does not know', async () => {
  const names = ['backup', 'block', 'demo/demo', '../tests/drill/drill']
  const [wrong, ...helped] = await Promise.all([
    end('restore', ['--form', 'x'], {}),
    ...names.map((name) => end(name, ['--help'], {})),
  ])
  expect(wrong).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^Unknown option '--form'[^]*\nUsage: npm run restore/),
  })
  for (const each of helped) {
    const usage = expect.stringMatching(/^Usage: npm run /)
    expect(each).toMatchObject({ code: 0, stdout: usage, stderr: '' })
  }
})

it('the demo states only what held, and names the address that does not answer', async () => {
  const { code, stdout, stderr } = await end('demo/demo', [], { DEMO_URL: 'http://127.0.0.1:9' })
  expect({ code, stdout }).toEqual({
    code: 1,
    stdout: 'Using the platform at http://127.0.0.1:9.\n',
  })
  expect(stderr).toMatch(/^Step 1 failed .*http:\/\/127\.0\.0\.1:9 does not answer/)
})

it('the runbooks wait for an answer, not for a command that succeeds without one', async () => {
  const wait = (command: string) =>
    run('bash', ['-c', `. ops/runbooks/shell.sh; wait_for 0 '${command}'`], { cwd: root })
  await wait('echo "{\\"status\\":1}" | jq -e .status')
  await expect(wait('curl -s http://127.0.0.1:9 | jq -e .status')).rejects.toMatchObject({
    stderr: expect.stringContaining('Not within 0 s'),
  })
})
