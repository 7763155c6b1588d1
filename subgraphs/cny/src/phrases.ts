import { readFile } from 'node:fs/promises'
import { BadEnvironment } from '@cnop/kit/config'
import { parseUsd, type Usd } from '@cnop/kit/money'
import { z } from 'zod'

export type Phrases = ReadonlyMap<string, Usd>

const amount = z
  .union([z.string(), z.number().transform(String)])
  .pipe(z.string().regex(/^\d{1,6}(\.\d{1,2})?$/))

const phraseFile = z.record(z.string(), amount)

/**
 * Reads the phrase file, JSON of phrase to amount, once at the start.
 * An invalid file is refused without quoting it: phrases are secrets.
 */
export async function readPhrases(path: string | undefined): Promise<Phrases> {
  if (path === undefined) return new Map()
  const entries = Object.entries(await readAmounts(path))
  const phrases = entries.map(
    ([phrase, amount]) => [phrase.normalize('NFC').trim(), parseUsd(amount)] as const,
  )
  if (phrases.some(([phrase, amount]) => phrase === '' || amount <= 0n)) throw refusal(path)
  return new Map(phrases)
}

async function readAmounts(path: string): Promise<z.infer<typeof phraseFile>> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new BadEnvironment(`RED_POCKET_PHRASES: ${path} cannot be read`)
  })
  const parsed = phraseFile.safeParse(parseJson(text))
  if (!parsed.success) throw refusal(path)
  return parsed.data
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function refusal(path: string): BadEnvironment {
  return new BadEnvironment(
    `RED_POCKET_PHRASES: ${path} must be JSON of phrase to amount, such as {"a phrase": "88.88"}`,
  )
}
