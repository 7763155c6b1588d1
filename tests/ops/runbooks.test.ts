import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { findOnPath } from '@cnop/kit/child'
import { openStage, root, type Stage } from './stage.ts'

const run = promisify(execFile)
const pages = join(root, 'ops/runbooks')

interface Block {
  readonly script: string
  /** The expected output lines, `…` for variable parts. */
  readonly expected: readonly string[]
}

/** The commands of a page, each with the output below it. */
function readBlocks(page: string): Block[] {
  const text = readFileSync(join(pages, page), 'utf8')
  const found = text.matchAll(/^```sh\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```)?/gm)
  return [...found].map(([, script = '', expected = '']) => ({
    script,
    expected: expected.split('\n').filter((line) => line !== ''),
  }))
}

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')

const toPattern = (line: string): RegExp =>
  new RegExp(
    `^\\s*${line
      .split('…')
      .map((part) => escape(part.trim()))
      .join('.*')}\\s*$`,
  )

/** The first expected line that is missing from the output, in order; undefined when all are present. */
function findMissing(expected: readonly string[], printed: readonly string[]): string | undefined {
  let from = 0
  for (const line of expected) {
    const at = printed.findIndex((one, index) => index >= from && toPattern(line).test(one))
    if (at === -1) return line
    from = at + 1
  }
  return undefined
}

const marker = '=== block '

/** Runs all blocks of a page in one shell, as in a terminal, and returns the output of each. */
async function runPage(blocks: readonly Block[], env: Record<string, string>): Promise<string[][]> {
  const script = blocks.map(({ script: block }) => `echo '${marker}'\n${block}`).join('\n')
  const shell = `set -eo pipefail; . ops/runbooks/shell.sh\n${script}`
  const { stdout } = await run('bash', ['-c', shell], { cwd: root, env, timeout: 230_000 }).catch(
    (error: unknown) => {
      const { stdout: printed, stderr } = error as { stdout: string; stderr: string }
      throw new Error(`A command failed.\n${printed.slice(-3_000)}\n${stderr.slice(-2_000)}`)
    },
  )
  return stdout
    .split(`${marker}\n`)
    .slice(1)
    .map((text) => text.split('\n'))
}

const names = readdirSync(pages).filter((file) => file.endsWith('.md') && file !== 'README.md')

describe('the runbooks', () => {
  it('are listed, one line each', () => {
    const list = readFileSync(join(pages, 'README.md'), 'utf8')
    const linked = [...list.matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, file]) => file)
    expect(linked.sort()).toEqual([...names].sort())
  })

  it.each(names)('describe symptoms and actions in %s', (page) => {
    const text = readFileSync(join(pages, page), 'utf8')
    for (const part of ['**Symptoms**', '## Verify', '## Contain', '## Follow-up']) {
      expect(text).toContain(part)
    }
    const links = [...text.matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, file]) => file ?? '')
    expect(links.filter((file) => !names.includes(file))).toEqual([])
  })
})

describe('the commands of', () => {
  let stage: Stage
  beforeAll(async () => {
    for (const program of ['redis-server', 'redis-cli', 'curl', 'jq']) {
      if (!findOnPath(program)) throw new Error(`The runbooks need ${program}: install it.`)
    }
    stage = await openStage()
  })
  afterAll(() => stage.stop())

  it.each(names)('%s print the documented output', async (page) => {
    const blocks = readBlocks(page)
    expect(blocks.length).toBeGreaterThan(2)
    const printed = await runPage(blocks, stage.env)
    const missing = blocks.map(({ script, expected }, index) => {
      const line = findMissing(expected, printed[index] ?? [])
      return line === undefined ? undefined : { script, line, printed: printed[index] }
    })
    expect(missing.filter((one) => one !== undefined)).toEqual([])
  })
})
