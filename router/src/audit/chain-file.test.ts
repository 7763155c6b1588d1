import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { headPath, openChainFile } from './chain-file.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cnop-chain-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

it('flushes one head after the other, however often it is asked', async () => {
  const file = openChainFile(directory, 'router')
  file.append('a record')
  const heads = Array.from({ length: 20 }, (_, index) => ({ sequence: index, hash: `h${index}` }))
  await Promise.all(heads.map((head) => file.flush(head)))
  file.close()
  expect(JSON.parse(readFileSync(headPath(directory, 'router'), 'utf8'))).toEqual(heads.at(-1))
})
