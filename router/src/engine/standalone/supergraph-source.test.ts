import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from '@jest/globals'
import { openSupergraphSource } from './supergraph-source.ts'

const directory = mkdtempSync(join(tmpdir(), 'engine-source-'))

afterEach(() => rmSync(directory, { recursive: true, force: true }))

it('says of each failure whether it has another reason than the one before', async () => {
  const file = join(directory, 'supergraph.graphql')
  const noted: string[] = []
  let look: () => void = () => undefined
  const { stop } = openSupergraphSource({ file, poll_every: 1 }).watch({
    onChange: (text) => {
      noted.push(text)
      look()
      return Promise.resolve()
    },
    onFailure: (_error, isNew) => {
      noted.push(isNew ? 'new' : 'again')
      look()
    },
  })
  const until = async (isOver: () => boolean) => {
    while (!isOver()) await new Promise<void>((resolve) => (look = resolve))
  }
  await until(() => noted.length === 3)
  writeFileSync(file, 'one')
  await until(() => noted.includes('one'))
  rmSync(file)
  await until(() => noted.at(-1) === 'again')
  stop()
  expect(noted.slice(0, 3)).toEqual(['new', 'again', 'again'])
  expect(noted.slice(noted.indexOf('one'), noted.indexOf('one') + 3)).toEqual([
    'one',
    'new',
    'again',
  ])
})
