import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../router/${path}`, import.meta.url)), 'utf8')

/** The rows of the pipeline table in the README of the router. */
const stages = [
  ...read('README.md').matchAll(/^\|[^|]*\| `(\w+)` +\| `([\w/.-]+\.ts)` +\|$/gm),
].map(([, code = '', file = '']) => ({ code, file }))

/** For each file that lists or runs the stages: a pattern of the names in the table, in the order of the file. */
const lists: Readonly<Record<string, RegExp>> = {
  'edge/server.ts': /export function createServer[\s\S]*?app\.all\('\/graphql'/,
  'operations/request-document.ts': /export async function findRequestDocument[\s\S]*?\n}/,
  'start.ts': /guards: \[[^\]]*\]/,
  'guard/guards.ts': /operations: \[[^\]]*\]/,
}

const namesIn = (file: string): string[] => {
  const [list = ''] = lists[file]?.exec(read(`src/${file}`)) ?? []
  return list.match(/\b[A-Za-z]\w*/g) ?? []
}

describe('the pipeline in the README of the router', () => {
  it.each(Object.keys(lists))('has the order of %s', (file) => {
    const documented = stages.filter((stage) => stage.file === file).map(({ code }) => code)
    expect(documented.length).toBeGreaterThan(1)
    const found = namesIn(file).filter((name) => documented.includes(name))
    expect([...new Set(found)]).toEqual(documented)
  })

  it('contains every stage of the server and every guard', () => {
    const names = new Set(stages.map(({ code }) => code))
    const used = [...read('src/edge/server.ts').matchAll(/^ {2}app\.use\((?:'[^']*', )?([\w.]+)/gm)]
      .map(([, path = '']) => path.split('.').at(-1) ?? '')
      .filter((name) => !/Endpoints?$|^respond|^only|^readJson$|^refusePath$/.test(name))
    const guards = ['start.ts', 'guard/guards.ts']
      .flatMap((file) => namesIn(file))
      .filter((name) => /^(guard|audit)[A-Z]/.test(name))
    expect([...used, ...guards].filter((name) => name !== '' && !names.has(name))).toEqual([])
  })
})
