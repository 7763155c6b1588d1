/** The JSON text of values whose form the schema does not know, in turns: custom scalars, and long strings. */
import { GraphQLError } from 'graphql'
import { holdsInfinite, isData, isList, jsonText, WideObject, type Data } from '../data.ts'
import { costOf } from './cost.ts'
import { postponeList, type Postponed, type WriteItems, type Writing } from './in-turns.ts'

/** Smaller values are written at once, whatever is left. */
const leastWork = 50
/** Longer strings are written in parts. */
const longString = 32 * 1024

// The characters that JSON.stringify escapes: control characters, quote, backslash and lone surrogates.
const unsafe = /["\\\u0000-\u001f\ud800-\udfff]/ // eslint-disable-line no-control-regex -- see above.

/** The JSON text of a string; a plain one needs no escaping. */
export function textInTurns(text: string, isPlain: boolean, writing: Writing): string {
  const { postpone } = writing
  if (postpone && text.length > longString) return postpone(stringParts(text, isPlain))
  writing.left -= text.length >> 5
  return isPlain || !unsafe.test(text) ? `"${text}"` : JSON.stringify(text)
}

function stringParts(text: string, isPlain: boolean): Postponed {
  return {
    opening: '"',
    between: '',
    closing: '"',
    length: text.length,
    write: (from, _isPlain, writing) => {
      writing.end = endOfPart(text, from + longString)
      const part = text.slice(from, writing.end)
      return isPlain ? part : JSON.stringify(part).slice(1, -1)
    },
  }
}

/** Both halves of a character stay together. */
function endOfPart(text: string, at: number): number {
  const isWithin = (text.codePointAt(at - 1) ?? 0) > 0xffff
  return Math.min(text.length, isWithin ? at + 1 : at)
}

const infinite = new GraphQLError('A number of the result is too large for JSON.', {
  extensions: { code: 'INVALID_GRAPHQL', http: { status: 502 } },
})

/** Whether a value was refused because it holds an infinite number. */
export function isInfinite(error: unknown): boolean {
  return error === infinite
}

/** The JSON text of a value of a custom scalar. Throws where it holds an infinite number. */
export function customText(value: unknown): string {
  const text = jsonText(value)
  if (value !== null && text.includes('null') && holdsInfinite(value)) throw infinite
  return text
}

export function jsonInTurns(value: unknown, writing: Writing): string {
  if (typeof value === 'string') return textInTurns(value, false, writing)
  const { postpone } = writing
  if (!postpone || typeof value !== 'object' || value === null) return customText(value)
  const most = Math.max(writing.left, leastWork)
  const cost = costOf(value, most)
  writing.left -= cost
  if (cost <= most) return customText(value)
  if (isList(value)) return postponeList(value, jsonItems, postpone)
  if (value instanceof WideObject) return postpone(wideParts(value))
  return isData(value) ? postpone(memberParts(value, '{', '}')) : customText(value)
}

const jsonItems: WriteItems = (list, from, to, _isPlain, writing, mayStop) => {
  const texts: string[] = []
  let at = from
  for (; at < to && !(mayStop && at > from && writing.left < 0); at += 1) {
    texts.push(jsonInTurns(list[at], writing))
  }
  writing.end = at
  return texts.join(',')
}

function memberParts(value: Data, opening: string, closing: string): Postponed {
  const names = Object.keys(value).filter((name) => value[name] !== undefined)
  return {
    opening,
    between: ',',
    closing,
    length: names.length,
    write: (from, _isPlain, writing) => {
      const texts: string[] = []
      let at = from
      for (; at < names.length && !(at > from && writing.left < 0); at += 1) {
        const name = names[at] ?? ''
        writing.left -= 1
        texts.push(`${JSON.stringify(name)}:${jsonInTurns(value[name], writing)}`)
      }
      writing.end = at
      return texts.join(',')
    },
  }
}

function wideParts(value: WideObject): Postponed {
  const parts = value.parts()
  return {
    opening: '{',
    between: ',',
    closing: '}',
    length: parts.length,
    write: (from, _isPlain, writing) => {
      writing.end = from + 1
      return writing.postpone?.(memberParts(parts[from] ?? {}, '', '')) ?? ''
    },
  }
}
