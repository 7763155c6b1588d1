import { matchStatedNumber, type StatedNumber } from '../stated-numbers.ts'

export type Token =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'number'; readonly number: StatedNumber }
  | { readonly kind: 'asset'; readonly assetId: string }
  | { readonly kind: 'mark'; readonly text: string }

const blank = /\s+/uy
const dayForm = /(?:24[\s-]?(?:hours?|hrs?|h)|twenty-four hours)\b/iuy
const wordForm = /\p{L}+(?:-\p{L}+)*/uy
const possessive = /['’](?:s\b)?/uy
const markForm = /[,;:()–—-]/uy

/** What contractions stand for; others are no words that a text may use. */
const contractions: readonly (readonly [RegExp, string])[] = [
  [/n['’]t\b/giu, ' not'],
  [/\b(it|that|there|here|what)['’]s\b/giu, '$1 is'],
  [/\b(you|they)['’]re\b/giu, '$1 are'],
  [/\b(you|they)['’]ve\b/giu, '$1 have'],
  [/\bcannot\b/giu, 'can not'],
]

const matchAt = (form: RegExp, text: string, index: number): string | undefined => {
  form.lastIndex = index
  return form.exec(text)?.[0]
}

/** Exact tickers, longest first; the digits of one such as "1INCH" are no number. */
function assetAt(text: string, index: number, assetIds: readonly string[]): string | undefined {
  if (/[\w.]/.test(text[index - 1] ?? '')) return undefined
  return assetIds.find(
    (id) => text.startsWith(id, index) && !/\w/.test(text[index + id.length] ?? ''),
  )
}

interface Read {
  /** Undefined for what is skipped. */
  readonly token?: Token
  readonly length: number
}

function readAt(text: string, index: number, assetIds: readonly string[]): Read | undefined {
  const skipped = matchAt(blank, text, index)
  if (skipped) return { length: skipped.length }
  const assetId = assetAt(text, index, assetIds)
  if (assetId !== undefined) {
    const owner = matchAt(possessive, text, index + assetId.length) ?? ''
    return { token: { kind: 'asset', assetId }, length: assetId.length + owner.length }
  }
  const day = matchAt(dayForm, text, index)
  if (day) return { token: { kind: 'word', text: '24h' }, length: day.length }
  const stated = matchStatedNumber(text, index)
  if (stated) return { token: { kind: 'number', number: stated.number }, length: stated.length }
  const word = matchAt(wordForm, text, index)
  if (word) {
    const owner = matchAt(possessive, text, index + word.length) ?? ''
    return {
      token: { kind: 'word', text: word.toLowerCase() },
      length: word.length + owner.length,
    }
  }
  const mark = matchAt(markForm, text, index)
  return mark === undefined ? undefined : { token: { kind: 'mark', text: mark }, length: 1 }
}

/** The words, numbers, tickers and marks of a sentence, without its final mark; undefined when there is anything else. */
export function readTokens(
  sentence: string,
  assetIds: readonly string[],
): readonly Token[] | undefined {
  const expanded = contractions.reduce(
    (text, [form, full]) => text.replace(form, full),
    sentence.replace(/[.!]+$/u, ''),
  )
  const longestFirst = [...assetIds].sort((a, b) => b.length - a.length)
  const tokens: Token[] = []
  let index = 0
  while (index < expanded.length) {
    const read = readAt(expanded, index, longestFirst)
    if (!read) return undefined
    if (read.token) tokens.push(read.token)
    index += read.length
  }
  return tokens
}

export const wordOf = (token: Token | undefined): string | undefined =>
  token?.kind === 'word' ? token.text : undefined

export const markOf = (token: Token | undefined): string | undefined =>
  token?.kind === 'mark' ? token.text : undefined

/** The word at an index; empty for what is none. */
export const wordAt = (tokens: readonly Token[], index: number): string =>
  wordOf(tokens[index]) ?? ''
