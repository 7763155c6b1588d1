/**
 * Writes a large result in turns with the generated writers. What is long is postponed: a mark stands for it in the text,
 * and its parts are written turn by turn.
 */
import { GraphQLError } from 'graphql'
import type { Data } from '../data.ts'
import { concatInTurns, openTurns, type Pause } from '../turns.ts'
import { bodyClosing, bodyOpening } from './body.ts'

/** The state of the writers of one result. */
export interface Writing {
  /** Texts of interned objects, by position in the operation. */
  readonly texts: Map<unknown, string>[]
  /** How much is still written before what follows is postponed: fields, items, and parts of long texts. */
  left: number
  /** Where the parts that were written end. */
  end: number
  /** The longest text of a list that is written at once. */
  readonly most: number
  /** Returns what stands for the text of something for now; absent where all is written at once. */
  readonly postpone: ((postponed: Postponed) => string) | undefined
}

/** Returns the JSON text of an object; `isPlain` means that no string in it needs escaping. */
export type WriteObject = (source: unknown, isPlain: boolean, writing: Writing) => string

/** Returns the JSON texts of some items of a list, joined. Where it may stop, `end` says at which item it has. */
export type WriteItems = (
  list: readonly unknown[],
  from: number,
  to: number,
  isPlain: boolean,
  writing: Writing,
  mayStop: boolean,
) => string

/** Something whose parts are written turn by turn. */
export interface Postponed {
  readonly opening: string
  readonly between: string
  readonly closing: string
  readonly length: number
  /** Writes parts, from one on; `end` says which one is next. */
  readonly write: (from: number, isPlain: boolean, writing: Writing) => string
  /** It is shown at several positions. */
  readonly isShared?: boolean
}

/** How much is written in a turn before what follows is postponed. */
const mostWork = 10_000
/** The most items of a list in a turn. */
const mostItems = 2_000
/** Shorter texts of interned objects are written at each of their positions. */
const longInterned = 1_000
/** The most bytes of a result: four of the largest replies. */
const mostBytes = 64 * 1024 * 1024
/** Shorter chunks of what is shown at several positions are joined. */
const longChunks = 64 * 1024
/** No JSON text has this character. */
const mark = '\u0000'

export function postponeList(
  list: readonly unknown[],
  items: WriteItems,
  postpone: NonNullable<Writing['postpone']>,
): string {
  return postpone({
    opening: '[',
    between: ',',
    closing: ']',
    length: list.length,
    write: (from, isPlain, writing) =>
      items(list, from, Math.min(list.length, from + mostItems), isPlain, writing, true),
  })
}

/** The text of an interned object, or what stands for it at its positions. */
export function keepText(text: string, { postpone }: Writing): string {
  if (!postpone || (text.length <= longInterned && !text.includes(mark))) return text
  return postpone({
    opening: '',
    between: '',
    closing: '',
    length: 1,
    write: (_from, _isPlain, writing) => {
      writing.end = 1
      return text
    },
    isShared: true,
  })
}

interface Held {
  readonly postponed: Postponed
  chunks?: readonly Buffer[]
}

/** Writes the body of a result. Rejects with an error of GraphQL where it is larger than a result may be. */
export async function writeInTurns(
  write: WriteObject,
  root: Data,
  isPlain: boolean,
): Promise<Buffer> {
  const pause = openTurns()
  const body = openBody()
  const held: Held[] = []
  const writing: Writing = {
    texts: [],
    left: mostWork,
    end: 0,
    most: Infinity,
    postpone: (postponed) => `${mark}${held.push({ postponed }) - 1}${mark}`,
  }
  const addText = async (text: string): Promise<void> => {
    for (const [index, part] of text.split(mark).entries()) {
      const each = index % 2 === 1 ? held[Number(part)] : undefined
      if (each) await addHeld(each)
      else body.add(Buffer.from(part, isPlain ? 'latin1' : 'utf8'))
    }
  }
  const addHeld = async (each: Held): Promise<void> => {
    await pause()
    if (each.chunks) {
      for (const chunk of each.chunks) body.add(chunk)
      return
    }
    const begin = body.count()
    await addParts(each.postponed)
    if (each.postponed.isShared) each.chunks = body.since(begin)
  }
  const addParts = async (postponed: Postponed): Promise<void> => {
    const { opening, between, closing, length } = postponed
    body.add(Buffer.from(opening))
    for (let from = 0; from < length;) {
      await pause()
      writing.left = mostWork
      const text = postponed.write(from, isPlain, writing)
      const { end } = writing
      await addText(from === 0 ? text : `${between}${text}`)
      from = end
    }
    body.add(Buffer.from(closing))
  }
  body.add(bodyOpening)
  await addText(write(root, isPlain, writing))
  body.add(bodyClosing)
  return body.whole(pause)
}

/** Collects the chunks of a body. */
function openBody() {
  const chunks: Buffer[] = []
  let size = 0
  return {
    add: (chunk: Buffer) => {
      size += chunk.length
      if (size > mostBytes) throw tooLarge()
      if (chunk.length > 0) chunks.push(chunk)
    },
    count: () => chunks.length,
    since: (begin: number): readonly Buffer[] => {
      const own = chunks.slice(begin)
      const isShort = own.reduce((sum, { length }) => sum + length, 0) < longChunks
      return isShort ? [Buffer.concat(own)] : own
    },
    whole: (pause: Pause) => concatInTurns(chunks, size, pause),
  }
}

/** A reply may show one large entity at very many positions. */
export function tooLarge(): GraphQLError {
  return new GraphQLError('The result is too large.', {
    extensions: { code: 'INVALID_GRAPHQL', http: { status: 502 } },
  })
}
