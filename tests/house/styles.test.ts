import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, it } from '@jest/globals'
import { root } from '../ops/origins.ts'

/** The text of the built files of a kind. */
const built = (extension: string): string =>
  readdirSync(`${root}/static`)
    .filter((name) => name.endsWith(extension))
    .map((name) => readFileSync(`${root}/static/${name}`, 'utf8'))
    .join('\n')

it('the dashboard has the styles of each Mantine component that its pages use', () => {
  const every = readFileSync(
    createRequire(new URL('../../web/src/main.tsx', import.meta.url)).resolve(
      '@mantine/core/styles.css',
    ),
    'utf8',
  )
  const [pages, styles] = [built('.js'), built('.css')]
  const classes = [...new Set(every.match(/m_[0-9a-f]{6,8}/g) ?? [])]
  expect(classes.length).toBeGreaterThan(300)
  const used = classes.filter((name) => pages.includes(name))
  expect(used.length).toBeGreaterThan(50)
  expect(used.filter((name) => !styles.includes(name))).toEqual([])
})
