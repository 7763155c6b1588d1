/**
 * Parses a long JSON text in turns. One pass over the text finds where its large lists and objects can be cut, and the
 * pieces between the cuts are parsed as usual.
 */
import { isData, parseJson, write, type Data } from '../data.ts'
import {
  backslash,
  closeBrace,
  closeBracket,
  comma,
  openBrace,
  openBracket,
  quote,
} from '../json-bytes.ts'
import { openTurns, type Pause } from '../turns.ts'

/** The length of a piece. */
const pieceLength = 128 * 1024
/** Nesting that exhausts the stack of whoever walks the value. */
const mostLevels = 1_000
/** How many characters of structure are read between two looks at the clock. */
const lookEvery = 10_000

/** A list or an object that is longer than a piece. */
interface Large {
  readonly isList: boolean
  /** Between its brackets. */
  readonly from: number
  readonly to: number
  /** Positions of commas of its own; a large value within it stands alone between two of them. */
  readonly cuts: readonly number[]
  readonly inner: readonly Large[]
}

interface Frame {
  readonly isList: boolean
  readonly from: number
  readonly cuts: number[]
  readonly inner: Large[]
  lastComma: number
  /** The next comma ends a large value. */
  mustCut: boolean
}

/** Rejects with a SyntaxError. */
export async function parseInTurns(text: string): Promise<unknown> {
  const pause = openTurns()
  const root = await findCuts(text, pause)
  return root ? build(text, root, pause) : parseJson(text)
}

/** The outermost value, if it is large. */
async function findCuts(text: string, pause: Pause): Promise<Large | undefined> {
  const stack: Frame[] = []
  let looked = 0
  let isInString = false
  for (let at = 0; at < text.length; at += 1) {
    if (isInString) at = nextQuote(text, at)
    const code = text.charCodeAt(at)
    if (code === quote) isInString = !isInString || isEscaped(text, at)
    else if (code === comma) noteComma(stack.at(-1), at)
    else if (isBracket(code)) {
      const closed = turnBracket(stack, code, at)
      if (closed && stack.length === 0) return endsAfter(text, at, closed.large)
    }
    looked += 1
    if (looked % lookEvery === 0) await pause()
  }
  refuseOpen(stack)
  return undefined
}

function refuseOpen(stack: readonly Frame[]): void {
  if (stack.length > 0) throw new SyntaxError('The text ends within a value.')
}

/** Brackets and braces differ in one bit. */
function isBracket(code: number): boolean {
  const folded = code | 0x20
  return folded === openBrace || folded === closeBrace
}

/** Opens a value, or closes one: that is returned, and given to its parent where it is large. */
function turnBracket(stack: Frame[], code: number, at: number): Closed | undefined {
  const isList = code === openBracket || code === closeBracket
  if (code === openBracket || code === openBrace) {
    open(stack, isList, at + 1)
    return undefined
  }
  const large = asLarge(close(stack, isList), at)
  if (large) addLarge(stack.at(-1), large)
  return { large }
}

interface Closed {
  readonly large: Large | undefined
}

function nextQuote(text: string, from: number): number {
  const at = text.indexOf('"', from)
  if (at === -1) throw new SyntaxError('A string does not end.')
  return at
}

/** Whether the quote at a position within a string belongs to the string. */
function isEscaped(text: string, at: number): boolean {
  let before = at - 1
  while (text.charCodeAt(before) === backslash) before -= 1
  return (at - before) % 2 === 0
}

function open(stack: Frame[], isList: boolean, from: number): void {
  if (stack.length === mostLevels) throw new SyntaxError('The text is nested too deeply.')
  stack.push({ isList, from, cuts: [], inner: [], lastComma: from - 1, mustCut: false })
}

function noteComma(frame: Frame | undefined, at: number): void {
  if (!frame) return
  if (frame.mustCut || at - (frame.cuts.at(-1) ?? frame.from) >= pieceLength) frame.cuts.push(at)
  frame.mustCut = false
  frame.lastComma = at
}

function close(stack: Frame[], isList: boolean): Frame {
  const frame = stack.pop()
  if (frame?.isList !== isList) throw new SyntaxError('A bracket does not match.')
  return frame
}

function asLarge({ isList, from, cuts, inner }: Frame, to: number): Large | undefined {
  return to - from > pieceLength ? { isList, from, to, cuts, inner } : undefined
}

function addLarge(parent: Frame | undefined, large: Large): void {
  if (!parent) return
  const before = parent.lastComma
  if (before >= parent.from && parent.cuts.at(-1) !== before) parent.cuts.push(before)
  parent.inner.push(large)
  parent.mustCut = true
}

function endsAfter(text: string, at: number, large: Large | undefined): Large | undefined {
  if (text.slice(at + 1).trim() !== '') throw new SyntaxError('Something follows the value.')
  return large
}

async function build(text: string, large: Large, pause: Pause): Promise<unknown> {
  const list: unknown[] = []
  const object: Data = {}
  let next = 0
  let from = large.from
  for (const to of [...large.cuts, large.to]) {
    const inner = large.inner[next]
    if (inner && inner.from <= to) {
      next += 1
      const before = text.slice(from, inner.from - 1)
      checkAlone(large.isList ? before : '', text.slice(inner.to + 1, to))
      const value = await build(text, inner, pause)
      if (large.isList) list.push(value)
      else write(object, keyOf(before), value)
    } else addPiece(large.isList ? list : object, text.slice(from, to))
    from = to + 1
    await pause()
  }
  return large.isList ? list : object
}

function checkAlone(before: string, after: string): void {
  if (`${before}${after}`.trim() !== '') throw new SyntaxError('A comma is missing.')
}

/** The text before a large member: its name and a colon. */
function keyOf(text: string): string {
  const name = parseJson(text.slice(0, text.lastIndexOf(':')))
  if (typeof name !== 'string') throw new SyntaxError('A member has no name.')
  return name
}

function addPiece(target: unknown[] | Data, piece: string): void {
  if (piece.trim() === '') throw new SyntaxError('A value is missing.')
  if (Array.isArray(target)) {
    for (const item of parseJson(`[${piece}]`) as unknown[]) target.push(item)
    return
  }
  const members = parseJson(`{${piece}}`)
  if (!isData(members)) throw new SyntaxError('A member is missing.')
  for (const name of Object.keys(members)) write(target, name, members[name])
}
