import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from '@jest/globals'
import { makeDirectory } from './directories.ts'

const folder = mkdtempSync(join(tmpdir(), 'directories-'))
afterAll(() => rmSync(folder, { recursive: true }))

it('creates a folder with those above it, once', () => {
  const path = join(folder, 'a/b/c')
  makeDirectory(path, 0o700)
  makeDirectory(path)
  expect(statSync(path).isDirectory()).toBe(true)
  expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o700)
})

it('refuses where a file is, and where nothing can be', () => {
  const file = join(folder, 'file')
  writeFileSync(file, '')
  expect(() => makeDirectory(file)).toThrow('EEXIST')
  expect(() => makeDirectory(join(file, 'below'))).toThrow('ENOTDIR')
  expect(() => makeDirectory('/proc/nothing/here')).toThrow('ENOENT')
})
