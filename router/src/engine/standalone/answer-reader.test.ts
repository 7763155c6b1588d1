import { expect, it } from '@jest/globals'
import { AnswerReader, InvalidAnswer, type AnswerHead } from './answer-reader.ts'

const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n'
const sized = `${head}content-length: 4\r\n`
const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n`

/** Reads a text that arrives in pieces of a size. */
function readIn(size: number, text: string) {
  const reader = new AnswerReader()
  const heads: AnswerHead[] = []
  let body = ''
  let hasMore = false
  const bytes = Buffer.from(text, 'latin1')
  for (let at = 0; at < bytes.length && !reader.isOver; at += size) {
    hasMore = reader.read(bytes.subarray(at, at + size), {
      onHead: (each) => void heads.push(each),
      onBody: (each) => (body += each.toString('latin1')),
    })
  }
  return { heads, body, hasMore, isOver: reader.isOver, atEnd: reader.endsWithConnection }
}

it.each([
  ['by its length', `${sized}\r\nbody`, true],
  [
    'behind an announcement',
    `HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${sized}\r\nbody`,
    true,
  ],
  ['in chunks', `${chunked}1\r\nb\r\n003;x="y"\r\nody\r\n0\r\n\r\n`, true],
  ['in chunks with trailers', `${chunked}4\r\nbody\r\n0\r\nchecksum: 1\r\n\r\n`, true],
  ['up to the end of the connection', `${head}\r\nbody`, false],
])('reads a body %s, however it is cut', (_name, text, isOver) => {
  for (let size = 1; size <= text.length; size += 1) {
    const read = readIn(size, text)
    expect(read).toMatchObject({ body: 'body', hasMore: false, isOver, atEnd: !isOver })
    expect(read.heads).toMatchObject([{ status: 200 }])
  }
})

it.each([
  ['HTTP/1.1 204 No Content\r\n\r\n', 204],
  ['HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n', 304],
  [`${head.replace('200', '500')}content-length: 0\r\n\r\n`, 500],
])('reads an answer without a body: %j', (text, status) => {
  expect(readIn(text.length, text)).toMatchObject({ heads: [{ status }], body: '', isOver: true })
})

it('says which bytes are left over, and starts anew', () => {
  expect(readIn(1_000, `${sized}\r\nbody${sized}`)).toMatchObject({ body: 'body', hasMore: true })
  const reader = new AnswerReader()
  const sink = { onHead: () => undefined, onBody: () => undefined }
  for (let count = 0; count < 2; count += 1) {
    reader.reset()
    reader.read(Buffer.from(`${sized}\r\nbody`), sink)
    expect(reader.isOver).toBe(true)
  }
})

it.each([
  ['HTTP/1.1', '', 4_000],
  ['HTTP/1.1', 'Connection: keep-alive\r\nKeep-Alive: timeout=5\r\n', 3_000],
  ['HTTP/1.1', 'keep-alive: max=3, timeout=99999\r\n', 600_000],
  ['HTTP/1.1', 'keep-alive: timeout=1\r\n', 0],
  ['HTTP/1.1', 'connection: x, Close\r\n', 0],
  ['HTTP/1.0', '', 0],
  ['HTTP/1.0', 'connection: keep-alive\r\n', 4_000],
])('knows how long a connection may be kept: %s %j', (version, fields, keptForMs) => {
  const text = `${sized}${fields}\r\nbody`.replace('HTTP/1.1', version)
  expect(readIn(text.length, text).heads).toMatchObject([{ keptForMs }])
})

it('reads the fields that matter, whatever else there is', () => {
  const fields = 'Cache-Control:max-age=3\r\nx-cache-control: \xff\r\n'
  const text = `${sized}${fields}cache-control: public \r\nCONTENT-ENCODING: br\r\n\r\nbody`
  expect(readIn(text.length, text).heads).toMatchObject([
    { cacheControl: 'max-age=3, public', contentEncoding: 'br', length: 4 },
  ])
})

it.each([
  ['another protocol', 'SSH-2.0-OpenSSH\r\n\r\n'],
  ['another version', 'HTTP/2.0 200 OK\r\n\r\n'],
  ['a change of the protocol', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
  ['a folded field', `${sized}x: 1\r\n 2\r\n\r\nbody`],
  ['space before a colon', `${head}content-length : 4\r\n\r\nbody`],
  ['a line break alone', `${sized}x: 1\ny: 2\r\n\r\nbody`],
  ['two lengths', `${sized}content-length: 4\r\n\r\nbody`],
  ['a length that is none', `${head}content-length: +4\r\n\r\nbody`],
  ['a length and chunks', `${sized}transfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['another encoding', `${head}transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
  ['chunks of an old server', chunked.replace('1.1', '1.0')],
  ['a chunk without a size', `${chunked}\r\nbody`],
  ['a negative size', `${chunked}-4\r\nbody`],
  ['a chunk that is longer than its size', `${chunked}3\r\nbody\r\n0\r\n\r\n`],
  ['a very long line', `${chunked}1;${'x'.repeat(10_000)}`],
  ['very long trailers', `${chunked}0\r\n${'x: 1234567890\r\n'.repeat(2_000)}`],
  ['a very long head', `${head}${'x: 1234567890\r\n'.repeat(2_000)}`],
])('refuses %s', (_name, text) => {
  for (const size of [1, 7, text.length]) expect(() => readIn(size, text)).toThrow(InvalidAnswer)
})
