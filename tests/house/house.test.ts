import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import * as events from '@cnop/schema/events'
import { subgraphNames } from '@cnop/schema/read'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(root, path)))

interface Package {
  readonly name: string
  readonly exports?: Readonly<Record<string, string>>
}

const sources = tracked.filter((path) => /\.(ts|tsx)$/.test(path))

describe('the tree', () => {
  it('has the six top-level folders and no other', () => {
    const folders = new Set(
      tracked.filter((path) => path.includes('/')).map((path) => path.split('/')[0] ?? ''),
    )
    const visible = [...folders].filter((folder) => !folder.startsWith('.'))
    expect(visible.sort()).toEqual(['ops', 'router', 'schema', 'subgraphs', 'tests', 'web'])
  })

  it('distinguishes a service from a library by its SDL', () => {
    const services = readdirSync(join(root, 'schema/subgraphs')).map((file) =>
      file.replace('.graphql', ''),
    )
    expect(services.sort()).toEqual([...subgraphNames].sort())
    for (const name of readdirSync(join(root, 'subgraphs'))) {
      if (!existsSync(join(root, 'subgraphs', name, 'package.json'))) continue
      const isService = existsSync(join(root, 'subgraphs', name, 'src/main.ts'))
      expect([name, isService]).toEqual([name, services.includes(name)])
    }
  })

  it('has a README in every package', () => {
    const packages = tracked
      .filter((path) => path.endsWith('package.json'))
      .map((path) => path.replace('package.json', ''))
    expect(packages.filter((path) => !existsSync(join(root, path, 'README.md')))).toEqual([])
  })
})

describe('the packages', () => {
  it('export exactly the files that others import', () => {
    const imports = sources.flatMap((path) =>
      [...read(path).matchAll(/['"](@cnop\/[a-z]+\/[^'"]+)['"]/g)].map(([, name]) => name),
    )
    const offered = tracked
      .filter((path) => path.endsWith('/package.json'))
      .flatMap((path) => {
        const { name, exports = {} } = JSON.parse(read(path)) as Package
        return Object.entries(exports).map(([key, target]) => ({
          name: key.replace('.', name),
          file: join(path, '..', target),
        }))
      })
    expect(
      offered.filter(({ name, file }) => name.includes('*') || !tracked.includes(file)),
    ).toEqual([])
    expect(offered.map(({ name }) => name).filter((name) => !imports.includes(name))).toEqual([])
  })
})

describe('the configuration', () => {
  const configs = [
    ...subgraphNames.map((name) => [`subgraphs/${name}`, 'src/config.ts'] as const),
    ['router', 'src/config.ts'],
    ['router', 'src/guard/guard-config.ts'],
    ['router', 'src/stream/stream-config.ts'],
  ] as const

  it.each(configs)('of %s in %s documents each variable', (path, file) => {
    const names = [...read(`${path}/${file}`).matchAll(/^ {2}([A-Z][A-Z0-9_]+):/gm)].map(
      ([, name]) => name ?? '',
    )
    expect(names.length).toBeGreaterThan(3)
    const explained = read(`${path}/README.md`) + read('README.md')
    expect(names.filter((name) => !explained.includes(name))).toEqual([])
  })
})

describe('the sources', () => {
  it('mock no module, skip no test and contain no TODO', () => {
    const forbidden =
      /\bjest\.mock\(|\b(?:it|test|describe)\.(?:skip|only|todo)\b|\b(?:TO|FIX)(?:DO|ME)\b/
    expect(
      sources.filter((path) => !path.includes('house.test') && forbidden.test(read(path))),
    ).toEqual([])
  })

  it('read the environment only in entry points and tools', () => {
    const readers = sources.filter(
      (path) =>
        /^(subgraphs|router|web)\//.test(path) &&
        /process\.env\b/.test(read(path)) &&
        !path.endsWith('.test.ts'),
    )
    // Apollo's gateway reads its telemetry switch only from the environment; Vite has no other configuration.
    const known = new Set(['router/src/engine/supergraph.ts', 'web/vite.config.ts'])
    expect(readers.filter((path) => !path.endsWith('/main.ts') && !known.has(path))).toEqual([])
  })

  it('name a channel of the event bus only in its declaration', () => {
    const names = Object.values(events).flatMap((value) => ('name' in value ? [value.name] : []))
    expect(names.length).toBeGreaterThan(5)
    const literal = new RegExp(
      `(['"\`])(?:${names.map((name) => name.replaceAll('.', '\\.')).join('|')})\\1`,
    )
    expect(
      sources.filter((path) => path !== 'schema/events.ts' && literal.test(read(path))),
    ).toEqual([])
  })

  it('contain no barrel file', () => {
    const barrels = sources.filter(
      (path) => /(^|\/)index\.tsx?$/.test(path) && !path.endsWith('resolvers/index.ts'),
    )
    expect(barrels).toEqual([])
  })
})
