import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'

interface LockedPackage {
  readonly license?: string
  readonly link?: boolean
}

const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-3.0',
  'CC-BY-4.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'Python-2.0',
  'PSF-2.0',
  'Zlib',
])

/** Packages whose licence is not on the list, each with the reason for the exception. */
const exceptions: Readonly<Record<string, { licence: string | undefined; reason: string }>> = {
  '@apollo/composition': { licence: 'Elastic-2.0', reason: 'composes the supergraph' },
  '@apollo/federation-internals': { licence: 'Elastic-2.0', reason: 'part of @apollo/gateway' },
  '@apollo/gateway': { licence: 'Elastic-2.0', reason: 'the gateway that the router is built on' },
  '@apollo/query-graphs': { licence: 'Elastic-2.0', reason: 'part of @apollo/gateway' },
  '@apollo/query-planner': { licence: 'Elastic-2.0', reason: 'part of @apollo/gateway' },
  'cli-table': {
    licence: undefined,
    reason: 'its README has the MIT licence; package.json names none',
  },
  'png-js': {
    licence: undefined,
    reason: 'its LICENSE file is the MIT licence; package.json names none',
  },
  gitconfiglocal: { licence: 'BSD', reason: 'used by lerna; its text is the 3-clause licence' },
}

describe('every installed package', () => {
  const lock = JSON.parse(
    readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'),
  ) as { packages: Record<string, LockedPackage> }
  const packages = Object.entries(lock.packages)
    .filter(([path, { link }]) => path.includes('node_modules/') && link !== true)
    .map(([path, { license }]) => ({ name: path.split('node_modules/').pop() ?? path, license }))

  it('has an accepted licence, or is a named exception', () => {
    const refused = packages.filter(({ name, license }) => {
      if (exceptions[name] && exceptions[name].licence === license) return false
      const ids = license?.split(/[()\s]+|\bAND\b|\bOR\b/).filter(Boolean) ?? []
      return ids.length === 0 || !ids.every((id) => allowed.has(id))
    })
    expect(refused).toEqual([])
  })

  it('includes each exception', () => {
    const names = new Set(packages.map(({ name }) => name))
    expect(Object.keys(exceptions).filter((name) => !names.has(name))).toEqual([])
  })
})

describe('every font of the dashboard', () => {
  const folder = new URL('../../web/src/fonts/', import.meta.url)
  const fonts = readdirSync(folder).filter((name) => /\.(woff2?|ttf|otf)$/.test(name))

  it.each(fonts)('%s has its licence beside it, and an origin in the README', (font) => {
    const licence = readFileSync(new URL(font.replace(/\.\w+$/, '.LICENCE.txt'), folder), 'utf8')
    expect(licence).toContain('SIL OPEN FONT LICENSE Version 1.1')
    expect(readFileSync(new URL('README.md', folder), 'utf8')).toContain(`\`${font}\``)
  })
})
