/**
 * Writes a large result in turns with the generated writers. Lists beyond a number of items are postponed: a mark stands
 * for each in the text, and their items are written turn by turn.
 */
import { isData, isList, jsonText, type Data } from '../data.ts'
import { openTurns } from '../turns.ts'

/** The state of the writers of one result. */
export interface Writing {
  /** Texts of interned objects, by position in the operation. */
  readonly texts: Map<unknown, string>[]
  /** How many items of lists are still written before further lists are postponed. */
  left: number
  /** Returns what stands for the text of a list for now. */
  readonly postpone: ((list: readonly unknown[], write: WriteItems) => string) | undefined
}

/** Returns the JSON text of an object; `isPlain` means that no string in it needs escaping. */
export type WriteObject = (source: unknown, isPlain: boolean, writing: Writing) => string

/** Returns the JSON texts of some items of a list, joined. */
export type WriteItems = (
  list: readonly unknown[],
  from: number,
  to: number,
  isPlain: boolean,
  writing: Writing,
) => string

/** The most items of lists in a turn. */
const mostItems = 2_000
/** No JSON text has this character. */
const mark = '\u0000'

interface Postponed {
  readonly list: readonly unknown[]
  readonly write: WriteItems
  /** An interned object shows its lists at several positions. */
  bytes?: Promise<Buffer>
}

/** Lists beyond the most items are postponed, and their items written turn by turn. */
export async function writeInTurns(
  write: WriteObject,
  root: Data,
  isPlain: boolean,
): Promise<Buffer> {
  const pause = openTurns()
  const lists: Postponed[] = []
  const writing: Writing = {
    texts: [],
    left: mostItems,
    postpone: (list, items) => `${mark}${lists.push({ list, write: items }) - 1}${mark}`,
  }
  const toBytes = async (text: string): Promise<Buffer> => {
    const parts = text.split(mark)
    const written: Buffer[] = []
    for (const [index, part] of parts.entries()) {
      const postponed = index % 2 === 1 ? lists[Number(part)] : undefined
      if (postponed) written.push(await (postponed.bytes ??= listBytes(postponed)))
      else written.push(Buffer.from(part, isPlain ? 'latin1' : 'utf8'))
    }
    return Buffer.concat(written)
  }
  const listBytes = async ({ list, write: items }: Postponed): Promise<Buffer> => {
    const written: Buffer[] = [Buffer.from('[')]
    for (let from = 0; from < list.length; from += mostItems) {
      await pause()
      writing.left = mostItems
      const text = items(list, from, Math.min(list.length, from + mostItems), isPlain, writing)
      written.push(Buffer.from(from === 0 ? '' : ','), await toBytes(text))
    }
    return Buffer.concat([...written, Buffer.from(']')])
  }
  return toBytes(write(root, isPlain, writing))
}

/** A value of a custom scalar: its long lists are postponed. */
export function jsonInTurns(value: unknown, writing: Writing): string {
  if (isList(value)) {
    writing.left -= value.length
    if (writing.left < 0 && writing.postpone) return writing.postpone(value, jsonItems)
    return `[${jsonItems(value, 0, value.length, false, writing)}]`
  }
  if (!isData(value)) return jsonText(value)
  const members = Object.entries(value).map(
    ([name, inner]) => `${JSON.stringify(name)}:${jsonInTurns(inner, writing)}`,
  )
  return `{${members.join(',')}}`
}

const jsonItems: WriteItems = (list, from, to, _isPlain, writing) => {
  const texts: string[] = []
  for (let index = from; index < to; index += 1) texts.push(jsonInTurns(list[index], writing))
  return texts.join(',')
}
