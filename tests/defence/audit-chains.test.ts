import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Clock } from '@cnop/kit/clock'
import { createLog } from '@cnop/kit/log'
import { verifyChains } from '@cnop/ops/audit/verify-chains'
import { type AuditTrail, openAuditTrail } from '@cnop/router/operator'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))
const log = createLog('test', { level: 'silent', filePath: undefined })

let directory: string
let nowMs: number
const now: Clock = () => (nowMs += 1)
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cnop-chains-'))
  nowMs = Date.UTC(2026, 0, 5, 10)
})
afterEach(() => {
  rmSync(directory, { recursive: true, force: true })
})

const openTrail = (): AuditTrail => openAuditTrail({ directory, name: 'test', now, log })

function signIns(trail: AuditTrail, times: number): void {
  for (let index = 0; index < times; index += 1) {
    const extra = { endpoint: 'graphql' }
    trail.record({ action: 'user.sign_in', outcome: 'ok', user: `user_${index}é`, extra })
  }
}

/** Two processes in sequence. Both are closed properly. */
async function keepTwoChains(): Promise<readonly [string, string]> {
  for (const times of [3, 2]) {
    const trail = openTrail()
    signIns(trail, times)
    await trail.close()
  }
  const [first = '', second = ''] = readdirSync(directory).filter((file) => file.endsWith('.jsonl'))
  return [first, second]
}

const verify = () => verifyChains(directory)

/** Changes the lines of a file as an editor does. */
function edit(file: string, change: (lines: string[]) => string[]): void {
  const path = join(directory, file)
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  writeFileSync(
    path,
    change(lines)
      .map((line) => `${line}\n`)
      .join(''),
  )
}

const linesOf = (file: string): string[] => readFileSync(join(directory, file), 'utf8').split('\n')

const removeHeads = (): void => {
  for (const file of readdirSync(directory)) {
    if (file.endsWith('.head')) unlinkSync(join(directory, file))
  }
}

describe('unaltered chains', () => {
  it('are intact, and each names the end of the previous one', async () => {
    const [first] = await keepTwoChains()
    const { violations, chains, records, torn, open, events } = verify()
    expect({ violations, chains, records, torn, open }).toEqual({
      violations: [],
      chains: 2,
      records: 9,
      torn: [],
      open: [],
    })
    expect(events.get('user.sign_in ok')).toBe(5)
    const [, second] = readdirSync(directory).filter((file) => file.endsWith('.jsonl'))
    const { extra } = JSON.parse(linesOf(second!)[0]!) as { extra: Record<string, unknown> }
    expect(extra).toMatchObject({
      previous_process: first.replace('.jsonl', ''),
      previous_sequence: 5,
    })
  })

  it('show a process that did not end, and continue after its torn line', async () => {
    const crashed = openTrail()
    signIns(crashed, 2)
    const [file = ''] = readdirSync(directory).filter((name) => name.endsWith('.jsonl'))
    const path = join(directory, file)
    const lines = linesOf(file)
    writeFileSync(path, lines.join('\n') + lines[1]!.slice(0, 40))
    expect(verify()).toMatchObject({ violations: [], torn: [file], open: [file], records: 3 })
    const next = openTrail()
    await next.close()
    expect(verify()).toMatchObject({ violations: [], torn: [file], open: [file], records: 5 })
    // The trail of the crashed process is closed only to release its resources.
    rmSync(directory, { recursive: true })
    await crashed.close()
  })
})

describe('altered chains', () => {
  it('reveal every flipped byte, with its file and line', async () => {
    for (const file of await keepTwoChains()) {
      const path = join(directory, file)
      const bytes = readFileSync(path)
      let line = 1
      for (const [place, byte] of bytes.entries()) {
        const flipped = Buffer.from(bytes)
        flipped[place] = byte ^ (1 << (place % 8))
        writeFileSync(path, flipped)
        expect({ place, found: verify().violations[0] }).toMatchObject({
          place,
          found: { file, line },
        })
        if (byte === 0x0a) line += 1
      }
      writeFileSync(path, bytes)
    }
    expect(verify().violations).toEqual([])
  })

  it.each<[string, (lines: string[]) => string[], number]>([
    ['removed', (lines) => lines.toSpliced(2, 1), 3],
    ['inserted', (lines) => lines.toSpliced(2, 0, lines[1]!), 3],
    ['exchanged', ([a, b, c, ...rest]) => [a!, c!, b!, ...rest], 2],
    ['cut short in the middle', (lines) => lines.with(2, lines[2]!.slice(0, 60)), 3],
    ['written with spaces', (lines) => lines.with(2, lines[2]!.replace(',', ', ')), 3],
    [
      'written with a member twice',
      (lines) => lines.with(2, lines[2]!.replace('{', '{"user":"x",')),
      3,
    ],
    ['removed at the beginning', (lines) => lines.slice(1), 1],
    ['taken from the other end', (lines) => [...lines, lines[4]!], 6],
  ])('reveal a line that was %s', async (_how, change, line) => {
    const [file] = await keepTwoChains()
    edit(file, change)
    expect(verify().violations[0]).toMatchObject({ file, line })
  })

  it('reveal a truncated tail, by the head file and by the next chain', async () => {
    const [first, second] = await keepTwoChains()
    edit(first, (lines) => lines.slice(0, 3))
    expect(verify().violations.map(({ file, line }) => [file, line])).toEqual([
      [first, 4],
      [first, 4],
    ])
    removeHeads()
    expect(verify().violations).toEqual([
      { file: first, line: 4, reason: `the end is missing: ${second} names record 5` },
    ])
    edit(second, (lines) => lines.slice(0, 2))
    // A truncation of the latest chain together with its head file shows only as a missing end.
    expect(verify().open).toEqual([first, second])
  })

  it('reveal a deleted chain, unless older ones were moved away', async () => {
    const [first, second] = await keepTwoChains()
    unlinkSync(join(directory, first))
    const named = first.replace('.jsonl', '')
    expect(verify().violations).toEqual([
      { file: second, line: 1, reason: `follows ${named}, which does not exist` },
    ])
    expect(verifyChains(directory, { isCut: true }).violations).toEqual([])
  })
})

describe('a trail that cannot be written', () => {
  it('stops no request, counts the missing records, and records the gap when it is writable again', async () => {
    const place = join(directory, 'audit')
    writeFileSync(place, 'in the way')
    const trail = openAuditTrail({ directory: place, name: 'test', now, log })
    signIns(trail, 4)
    expect(trail.counts()).toMatchObject({ lost: 4, isWritable: false, recorded: [] })
    rmSync(place)
    signIns(trail, 1)
    expect(trail.counts()).toMatchObject({ lost: 4, isWritable: true })
    await trail.close()
    const [first = '', second = ''] = readdirSync(place)
      .filter((file) => file.endsWith('.jsonl'))
      .flatMap((file) => readFileSync(join(place, file), 'utf8').split('\n'))
    expect(JSON.parse(first)).toMatchObject({ action: 'process.start', sequence: 1 })
    expect(JSON.parse(second)).toMatchObject({ action: 'audit.gap', count: 4 })
    expect(verifyChains(place).violations).toEqual([])
  })

  it('removes a partial line that no longer fits on the disk', async () => {
    const script = `
      import { openAuditTrail } from '${root}router/src/audit/trail.ts'
      const log = { error: () => undefined }
      const trail = openAuditTrail({ directory: '${directory}', name: 'test', now: Date.now, log })
      for (let index = 0; index < 30; index += 1) {
        trail.record({ action: 'user.sign_out', outcome: 'ok', user: 'user_' + index })
      }
      process.stdout.write(JSON.stringify(trail.counts()))
      await trail.close()
    `
    const small = `ulimit -f 4 && exec "$0" --import tsx --input-type=module --eval "$1"`
    const { stdout } = await run('bash', ['-c', small, process.execPath, script], {
      cwd: root,
      env: { PATH: process.env['PATH'] },
    })
    const { lost, isWritable } = JSON.parse(stdout) as { lost: number; isWritable: boolean }
    expect(isWritable).toBe(false)
    const { violations, torn, events } = verify()
    expect({ violations, torn }).toEqual({ violations: [], torn: [] })
    expect((events.get('user.sign_out ok') ?? 0) + lost).toBe(30)
  })
})

describe('npm run audit:verify', () => {
  const command = (...words: string[]) =>
    run(process.execPath, ['--import', 'tsx', 'ops/audit-verify.ts', ...words], {
      cwd: root,
      env: { PATH: process.env['PATH'], DATA_DIRECTORY: directory },
    })

  it('exits with 0 and a summary, or with 1 and the file and line', async () => {
    const [first] = await keepTwoChains()
    const words = ['--directory', directory, '--chains-only']
    const good = await command(...words)
    expect(good.stdout).toContain('  user.sign_in ok: 5\n')
    expect(JSON.parse(good.stdout.trim().split('\n').at(-1)!)).toEqual({
      isIntact: true,
      chains: 2,
      records: 9,
      violations: 0,
      torn: 0,
      open: 0,
    })
    edit(first, (lines) => lines.with(1, lines[1]!.replace('user_0', 'user_9')))
    await expect(command(...words)).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringContaining(`${first}:2: does not match its hash\n`),
    })
  })
})
