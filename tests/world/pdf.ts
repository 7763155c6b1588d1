import { inflateSync } from 'node:zlib'

/** The texts of a PDF in the order in which they were written; U+0000 for a sign that the font does not have. */
export function textsOf(pdf: Buffer): readonly string[] {
  const file = pdf.toString('latin1')
  const objects = new Map(
    [...file.matchAll(/(?<=\n)(\d+) 0 obj\n([\s\S]*?)\nendobj/g)].map(
      ([, id = '', body = '']) => [id, body] as const,
    ),
  )
  const streamOf = (body: string): string => {
    const [, packed] = /FlateDecode\n>>\nstream\n([\s\S]*)\nendstream/.exec(body) ?? []
    return packed === undefined ? '' : inflateSync(Buffer.from(packed, 'latin1')).toString('latin1')
  }
  /** What the glyphs of embedded fonts mean, by the name of the font; the built-in fonts have none of these tables. */
  const meanings = new Map(
    [...file.matchAll(/\/(F\d+) (\d+) 0 R/g)].flatMap(([, name = '', id = '']) => {
      const [, table] = /\/ToUnicode (\d+) 0 R/.exec(objects.get(id) ?? '') ?? []
      return table === undefined ? [] : [[name, readMeanings(streamOf(objects.get(table) ?? ''))]]
    }),
  )
  return [...objects.values()].flatMap((body) => {
    let font = ''
    return [...streamOf(body).matchAll(/\/(F\d+) [\d.]+ Tf|\[(.*?)\] TJ/g)].flatMap(
      ([, name, parts]) => {
        font = name ?? font
        return parts === undefined ? [] : [readText(parts, meanings.get(font))]
      },
    )
  })
}

const hexIn = (text: string): readonly string[] =>
  [...text.matchAll(/<([0-9a-f ]*)>/g)].map(([, hex = '']) => hex.replaceAll(' ', ''))

/** By its number, what a glyph stands for: the lists of the ranges, which follow each other from 0. */
const readMeanings = (table: string): readonly string[] =>
  [...table.matchAll(/\[(.*)\]/g)]
    .flatMap(([, list = '']) => hexIn(list))
    .map((hex) => Buffer.from(hex, 'hex').swap16().toString('utf16le'))

function readText(parts: string, meanings: readonly string[] | undefined): string {
  const bytes = Buffer.from(hexIn(parts).join(''), 'hex')
  if (!meanings) return bytes.toString('latin1')
  const glyphs = Array.from({ length: bytes.length / 2 }, (_, at) => bytes.readUInt16BE(at * 2))
  return glyphs.map((glyph) => meanings[glyph] ?? '').join('')
}
