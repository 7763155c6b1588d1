import { markOf, type Token, wordOf } from './tokens.ts'
import { clauseWords } from './vocabulary.ts'

/** The clause of each token: marks and words such as "while" begin a new one, an "and" within a list does not. */
export function readClauses(tokens: readonly Token[]): readonly number[] {
  let clause = 0
  return tokens.map((token, index) => {
    const isBoundary = markOf(token) !== undefined || clauseWords.has(wordOf(token) ?? '')
    if (isBoundary && !isWithinList(tokens, index) && !isAroundNumber(tokens, index)) clause += 1
    return clause
  })
}

/** Whether a token is one of the parentheses of "(19.0%)". */
function isAroundNumber(tokens: readonly Token[], index: number): boolean {
  const opening = markOf(tokens[index]) === ')' ? index - 2 : index
  return skipParenthesis(tokens, opening) !== opening
}

const isListed = (before: Token | undefined, after: Token | undefined): boolean =>
  (before?.kind === 'asset' && after?.kind === 'asset') ||
  (before?.kind === 'number' &&
    after?.kind === 'number' &&
    before.number.unit === after.number.unit)

/** "A and B", "A, B", "A, and B": of tickers, or of numbers of one unit. */
function isWithinList(tokens: readonly Token[], index: number): boolean {
  const text = wordOf(tokens[index]) ?? markOf(tokens[index])
  if (text !== 'and' && text !== ',') return false
  if (text === ',' && wordOf(tokens[index + 1]) === 'and') {
    return isListed(tokens[index - 1], tokens[index + 2])
  }
  const before = markOf(tokens[index - 1]) === ',' ? tokens[index - 2] : tokens[index - 1]
  return isListed(before, tokens[index + 1])
}

/** Several tickers in a row are one subject. */
export function readList(tokens: readonly Token[], index: number): { ids: string[]; end: number } {
  const ids: string[] = []
  let end = index
  for (let at = index; at < tokens.length; at += 1) {
    const token = tokens[at]
    if (token?.kind === 'asset') {
      ids.push(token.assetId)
      end = at + 1
    } else if (!isWithinList(tokens, at)) break
  }
  return { ids, end }
}

/** Skips "(19.0%)". */
export function skipParenthesis(tokens: readonly Token[], from: number): number {
  const isGroup =
    markOf(tokens[from]) === '(' &&
    tokens[from + 1]?.kind === 'number' &&
    markOf(tokens[from + 2]) === ')'
  return isGroup ? from + 3 : from
}
