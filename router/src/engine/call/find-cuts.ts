/** Finds where the large lists, objects and strings of a JSON text can be cut, in one pass over its bytes and in turns. */
import {
  backslash,
  closeBrace,
  closeBracket,
  comma,
  openBrace,
  openBracket,
  quote,
  space,
} from '../json-bytes.ts'
import type { Pause } from '../turns.ts'

/** The length of a piece. */
const pieceLength = 64 * 1024
/** Nesting that exhausts the stack of whoever walks the value. */
const mostLevels = 1_000
/** How many bytes are read between two looks at the clock. */
const lookEvery = 32 * 1024
/** Shorter white space is parsed like the rest. */
const longSpace = 32 * 1024

const letterU = 0x75

type LargeKind = 'list' | 'object' | 'string'

/** A list, an object or a string that is longer than a piece. */
export interface Large {
  readonly kind: LargeKind
  /** Between its brackets or quotes. */
  readonly from: number
  readonly to: number
  /** Positions of commas of its own, or of characters; a large value within it stands alone between two of them. */
  readonly cuts: readonly number[]
  readonly inner: readonly Large[]
}

interface Frame {
  readonly kind: LargeKind
  readonly from: number
  readonly cuts: number[]
  readonly inner: Large[]
  lastComma: number
  /** The next comma ends a large value. */
  mustCut: boolean
}

export interface Range {
  readonly from: number
  readonly to: number
}

/** What was found. */
export interface Cuts {
  /** Long white space, of which one character is kept. */
  readonly blanks: readonly Range[]
  /** The outermost list or object, once it has ended. */
  readonly root: (Range & { readonly large: Large | undefined }) | undefined
}

interface Search extends Cuts {
  readonly bytes: Uint8Array
  at: number
  readonly stack: Frame[]
  /** The string that is being read. */
  string: Frame | undefined
  /** Where white space has begun; -1 outside of it. */
  blankFrom: number
  readonly blanks: Range[]
  root: Cuts['root']
}

/** Rejects with a SyntaxError where brackets do not match. */
export async function findCuts(bytes: Buffer, pause: Pause): Promise<Cuts> {
  const search: Search = {
    bytes,
    at: 0,
    stack: [],
    string: undefined,
    blankFrom: -1,
    blanks: [],
    root: undefined,
  }
  while (search.at < bytes.length) {
    const to = Math.min(bytes.length, search.at + lookEvery)
    while (search.at < to) {
      if (search.string) readString(search, search.string, to)
      else readStructure(search, to)
    }
    if (search.string) cutString(search, search.string)
    const turn = pause()
    if (turn) await turn
  }
  return search
}

/** Reads to the end of a string, or to a position. An escape is read as a whole, and ends beyond it at most. */
function readString(search: Search, string: Frame, to: number): void {
  const { bytes } = search
  let { at } = search
  for (; at < to; at += 1) {
    const code = bytes[at]
    if (code === backslash) at += bytes[at + 1] === letterU ? 5 : 1
    else if (code === quote) {
      search.string = undefined
      const large = asLarge(string, at)
      if (large) addLarge(search.stack.at(-1), large)
      at += 1
      break
    }
  }
  search.at = at
}

/** A long string may be cut here, behind the character that has begun. */
function cutString(search: Search, { cuts, from }: Frame): void {
  while (((search.bytes[search.at] ?? 0) & 0xc0) === 0x80) search.at += 1
  if (search.at - (cuts.at(-1) ?? from) >= pieceLength) cuts.push(search.at)
}

/** Reads what is outside of strings, up to a string or a position. */
function readStructure(search: Search, to: number): void {
  const { bytes } = search
  for (; search.at < to && !search.string; search.at += 1) {
    const { at } = search
    const code = bytes[at] ?? 0
    if (code <= space) {
      if (search.blankFrom < 0) search.blankFrom = at
      continue
    }
    if (search.blankFrom >= 0) endBlank(search)
    if (code === comma) noteComma(search.stack.at(-1), at)
    else if (code === quote) {
      refuseBeyond(search)
      search.string = newFrame('string', at + 1)
    } else if (isBracket(code)) turnBracket(search, code)
    else refuseBeyond(search)
  }
}

function endBlank(search: Search): void {
  const { at, blankFrom, blanks } = search
  if (at - blankFrom > longSpace) blanks.push({ from: blankFrom + 1, to: at })
  search.blankFrom = -1
}

/** Something that is in no list and in no object. */
function refuseBeyond({ stack }: Search): void {
  if (stack.length === 0) throw new SyntaxError('The text is no single list or object.')
}

/** Brackets and braces differ in one bit. */
function isBracket(code: number): boolean {
  const folded = code | 0x20
  return folded === openBrace || folded === closeBrace
}

/** Opens a value, or closes one. */
function turnBracket(search: Search, code: number): void {
  const kind = code === openBracket || code === closeBracket ? 'list' : 'object'
  if (code !== openBracket && code !== openBrace) {
    closeValue(search, kind)
    return
  }
  if (search.root) refuseBeyond(search)
  if (search.stack.length === mostLevels) throw new SyntaxError('The text is nested too deeply.')
  search.stack.push(newFrame(kind, search.at + 1))
}

/** A large value is given to its parent. */
function closeValue(search: Search, kind: LargeKind): void {
  const { stack, at } = search
  const frame = stack.pop()
  if (frame?.kind !== kind) throw new SyntaxError('A bracket does not match.')
  const large = asLarge(frame, at)
  if (large) addLarge(stack.at(-1), large)
  if (stack.length === 0) search.root = { from: frame.from - 1, to: at + 1, large }
}

const newFrame = (kind: LargeKind, from: number): Frame => ({
  kind,
  from,
  cuts: [],
  inner: [],
  lastComma: from - 1,
  mustCut: false,
})

function noteComma(frame: Frame | undefined, at: number): void {
  if (!frame) throw new SyntaxError('The text is no single list or object.')
  if (frame.mustCut || at - (frame.cuts.at(-1) ?? frame.from) >= pieceLength) frame.cuts.push(at)
  frame.mustCut = false
  frame.lastComma = at
}

function asLarge({ kind, from, cuts, inner }: Frame, to: number): Large | undefined {
  return to - from > pieceLength ? { kind, from, to, cuts, inner } : undefined
}

function addLarge(parent: Frame | undefined, large: Large): void {
  if (!parent) return
  const before = parent.lastComma
  if (before >= parent.from && parent.cuts.at(-1) !== before) parent.cuts.push(before)
  parent.inner.push(large)
  parent.mustCut = true
}
