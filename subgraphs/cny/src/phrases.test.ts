import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { usd } from '@cnop/kit/money'
import { loadCnyConfig } from './config.ts'
import { readPhrases } from './phrases.ts'

let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'phrases-'))
})
afterAll(() => rm(directory, { recursive: true }))

async function readText(text: string) {
  const path = join(directory, 'phrases.json')
  await writeFile(path, text)
  return readPhrases(path)
}

const keys = { CNY_SEAL_KEYS: 'test:a-secret-of-tests-with-enough-letters' }

describe('the phrase file', () => {
  it('gives each phrase its amount, as text or as a number', async () => {
    const phrases = await readText('{"one": "168", "two ": 88.88}')
    expect([...phrases]).toEqual([
      ['one', usd('168')],
      ['two', usd('88.88')],
    ])
  })

  it.each([
    '',
    'top secret',
    '["top secret"]',
    '{"top secret": -1}',
    '{"top secret": "1.005"}',
    '{" ": 1}',
  ])('is refused without quoting its content when it is wrong: %s', async (text) => {
    const refusal = await readText(text).catch((error: unknown) => String(error))
    expect(refusal).toContain('RED_POCKET_PHRASES')
    expect(refusal).not.toContain('top secret')
  })

  it('names the variable when there is no such file', async () => {
    await expect(readPhrases(join(directory, 'none'))).rejects.toThrow('RED_POCKET_PHRASES')
  })

  it('is the sample in the demo, and no file at all in production', async () => {
    const demo = loadCnyConfig(keys)
    expect((await readPhrases(demo.phrasesPath)).size).toBeGreaterThan(0)
    const production = loadCnyConfig({
      ...keys,
      APP_PROFILE: 'production',
      STORE: 'aws',
      AWS_REGION: 'eu-west-1',
    })
    expect((await readPhrases(production.phrasesPath)).size).toBe(0)
  })
})
