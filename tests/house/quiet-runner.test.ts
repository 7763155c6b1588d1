import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from '@jest/globals'

const jest = fileURLToPath(new URL('../../node_modules/jest/bin/jest.js', import.meta.url))
const testRunner = fileURLToPath(new URL('../quiet-runner.js', import.meta.url))

/** A suite that writes to each output and ends with the given expectation. */
const suite = (name: string, last: string): string => `
  it('logs', async () => {
    process.stdout.write('${name} stdout\\n')
    process.stderr.write('${name} stderr\\n')
    console.log('${name} console')
    process.emitWarning('${name} warning')
    ${last}
  })`

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cnop-quiet-'))
  writeFileSync(join(folder, 'passing.test.cjs'), suite('passing', 'expect(1).toBe(1)'))
  writeFileSync(join(folder, 'failing.test.cjs'), suite('failing', 'expect(1).toBe(2)'))
  writeFileSync(
    join(folder, 'broken.test.cjs'),
    `process.stdout.write('broken stdout\\n'); throw new Error('broken')`,
  )
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

it.each([
  ['in worker processes', ['--maxWorkers=2']],
  ['in one process', ['--runInBand']],
])('prints the output of a suite only when it fails, %s', (_name, flags) => {
  const config = { rootDir: folder, testRunner, transform: {}, testMatch: ['**/*.test.cjs'] }
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [jest, '--config', JSON.stringify(config), ...flags],
    { encoding: 'utf8', env: { PATH: process.env['PATH'] } },
  )
  const output = stdout + stderr
  expect(status).toBe(1)
  expect(output).toContain('2 failed, 1 passed')
  expect(output).not.toMatch(/passing (stdout|stderr|console|warning)/)
  for (const kind of ['stdout', 'stderr', 'console', 'warning']) {
    expect(output).toMatch(new RegExp(`failing ${kind}`))
  }
  expect(output).toContain('broken stdout')
})
