/**
 * Parses a long JSON text in turns: the pieces between the cuts that `find-cuts.ts` finds are decoded and parsed as usual.
 */
import { isData, parseJson, WideObject, write, type Data } from '../data.ts'
import { openTurns, type Pause } from '../turns.ts'
import { findCuts, type Large, type Range } from './find-cuts.ts'

/** A longer piece is one number. */
const mostPiece = 2 * 1024 * 1024
/** What an object holds that code reads by names; one with more names is a value of a scalar. */
const mostNames = 20_000

/** Rejects with a SyntaxError, also where the text is no list and no object. */
export async function parseInTurns(bytes: Buffer): Promise<unknown> {
  const pause = openTurns()
  const { root, blanks } = await findCuts(bytes, pause)
  if (!root) throw new SyntaxError('The text ends within a value.')
  const source: Source = { bytes, blanks }
  if (!root.large) return parseJson(textOf(source, root.from, root.to))
  return build(source, root.large, pause)
}

interface Source {
  readonly bytes: Buffer
  readonly blanks: readonly Range[]
}

/** The text of a range, with one character of each long white space. */
function textOf({ bytes, blanks }: Source, from: number, to: number): string {
  let text = ''
  let at = from
  for (const blank of blanks) {
    if (blank.from < at || blank.to > to) continue
    text += bytes.toString('utf8', at, blank.from)
    at = blank.to
  }
  if (text.length + to - at > mostPiece) throw new SyntaxError('A number is too long.')
  return text + bytes.toString('utf8', at, to)
}

async function build(source: Source, large: Large, pause: Pause): Promise<unknown> {
  if (large.kind === 'string') return buildString(source, large, pause)
  const target = large.kind === 'list' ? openList() : openMembers()
  let next = 0
  let { from } = large
  for (const to of [...large.cuts, large.to]) {
    const inner = large.inner[next]
    if (inner && inner.from <= to) {
      next += 1
      const before = textOf(source, from, inner.from - 1)
      refuseMore(textOf(source, inner.to + 1, to))
      target.addOne(before, await build(source, inner, pause))
    } else target.addPiece(textOf(source, from, to))
    from = to + 1
    await pause()
  }
  return target.value()
}

async function buildString({ bytes }: Source, large: Large, pause: Pause): Promise<string> {
  let value = ''
  let { from } = large
  for (const to of [...large.cuts, large.to]) {
    value += JSON.parse(`"${bytes.toString('utf8', from, to)}"`) as string
    from = to
    await pause()
  }
  return value
}

interface Target {
  /** Adds a large value; before it, an object has its name and a colon. */
  readonly addOne: (before: string, value: unknown) => void
  readonly addPiece: (piece: string) => void
  readonly value: () => unknown
}

function openList(): Target {
  const list: unknown[] = []
  return {
    addOne: (before, value) => {
      refuseMore(before)
      list.push(value)
    },
    addPiece: (piece) => {
      refuseBlank(piece)
      for (const item of parseJson(`[${piece}]`) as unknown[]) list.push(item)
    },
    value: () => list,
  }
}

/** An object of very many names would take long to build, and again whenever its names are listed. */
function openMembers(): Target {
  const parts: Data[] = [{}]
  let count = 0
  let last = parts[0] ?? {}
  const add = (members: Data) => {
    const names = Object.keys(members)
    count += names.length
    if (count > mostNames) {
      parts.push(members)
      last = members
    } else for (const name of names) write(last, name, members[name])
  }
  return {
    addOne: (before, value) => {
      count += 1
      write(last, keyOf(before), value)
    },
    addPiece: (piece) => {
      refuseBlank(piece)
      const members = parseJson(`{${piece}}`)
      if (!isData(members)) throw new SyntaxError('A member is missing.')
      add(members)
    },
    value: () => (parts.length === 1 ? last : new WideObject(parts)),
  }
}

function refuseMore(text: string): void {
  if (text.trim() !== '') throw new SyntaxError('A comma is missing.')
}

function refuseBlank(piece: string): void {
  if (piece.trim() === '') throw new SyntaxError('A value is missing.')
}

/** The text before a large member: its name and a colon. */
function keyOf(text: string): string {
  const name = parseJson(text.slice(0, text.lastIndexOf(':')))
  if (typeof name !== 'string') throw new SyntaxError('A member has no name.')
  return name
}
