/**
 * What the hostile cases run against: two honest services, two whose answers each case chooses, and three whose types
 * make the planner's work explode. The honest ones answer through all cases.
 */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execute, parse } from 'graphql'
import { composeSubgraphs, subgraphSchema } from '@cnop/router/engine/testing/subgraphs'

/** How the rogue and the gossip answer a call. */
export type Manner = (call: {
  readonly body: string
  readonly request: IncomingMessage
  readonly response: ServerResponse
}) => unknown

export interface HostileWorld {
  readonly supergraphFile: string
  readonly supergraphSdl: string
  answerBy(manner: Manner): void
  /** The bodies that the echoing service has received since the last question. */
  takeEchoed(): string[]
  writeSupergraph(name: string, text: string | Buffer): string
  close(): void
}

const mostMoods = 3_000
const moods = Array.from({ length: mostMoods }, (_, index) => `MOOD_NUMBER_${index}`).join(' ')
const bookIds = ['1', '2', '3']

const books = {
  sdl: `scalar Any
    enum Mood { ${moods} }
    input In { text: String next: In list: [In!] }
    type Query {
      books: [Book!]
      echo(text: String, list: [String!], numbers: [Int!], float: Float, any: Any, input: In, mood: Mood, moods: [Mood!]): String
    }
    type Mutation { rename(title: String): String }
    type Book @key(fields: "id") { id: ID! title: String sequel: Book }`,
  resolvers: {
    Query: {
      books: () => bookIds.map(book),
      echo: () => 'heard',
    },
    Book: { sequel: ({ id }: { id: string }) => book(id) },
  },
}
const notes = {
  sdl: 'type Book @key(fields: "id") { id: ID! note: String }',
  resolvers: { Book: { note: ({ id }: { id: string }) => `note ${id}` } },
}
const rogue = `scalar Any
  type Query { rogue: Rogue rogues: [Rogue!] hoard: [Book] }
  type Rogue { text: String int: Int float: Float any: Any list: [String] self: Rogue kind: Kind }
  type Rumour { text: String }
  type Kind { name: String! }
  type Book @key(fields: "id") { id: ID! rumour: String rumours: [Rumour!] mark: Int }`
/** Answers as the rogue does. */
const gossip = `scalar Any
  type Book @key(fields: "id") { id: ID! gossip: String gossips: [Gossip!] said: Any }
  type Gossip { text: String }`

/** The planner multiplies one list of options per implementation. */
const kinds = ['T0', 'T1', 'T2', 'T3', 'T4']
const exploding = `type Query { f: [F] } interface F { id: ID! }
  ${kinds.map((name) => `type ${name} implements F @key(fields: "id") { id: ID! }`).join(' ')}`
const explodingPart = (own: string) => `interface F { id: ID! state: St }
  type St @key(fields: "id") { id: ID! label: String @shareable deep: F @shareable ${own}: Int }
  ${kinds.map((name) => `type ${name} implements F @key(fields: "id") { id: ID! state: St @shareable }`).join(' ')}`

/** Services whose fields have very many plans. */
export const explodingSdls = {
  exploding,
  exploding0: explodingPart('own0'),
  exploding1: explodingPart('own1'),
}

function book(id: string) {
  return { __typename: 'Book', id, title: `title ${id}` }
}

export async function openHostileWorld(): Promise<HostileWorld> {
  const directory = mkdtempSync(join(tmpdir(), 'engine-hostile-'))
  const closers: (() => void)[] = []
  const echoed: string[] = []
  let manner: Manner = ({ response }) => response.end('{"data":{}}')
  const listen = async (answer: Manner): Promise<string> => {
    const server = createServer((request, response) => {
      response.on('error', () => undefined)
      void readText(request).then((body) => answer({ body, request, response }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closers.push(() => {
      server.close()
      server.closeAllConnections()
    })
    const address = server.address()
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/graphql`
  }
  const bookSchema = subgraphSchema(books)
  const urls = {
    books: await listen(({ body, response }) => {
      if (body.includes('echo')) echoed.push(body)
      return answerHonestly(bookSchema, body, response)
    }),
    notes: await listen(({ body, response }) =>
      answerHonestly(subgraphSchema(notes), body, response),
    ),
    rogue: await listen((call) => manner(call)),
    gossip: await listen((call) => manner(call)),
  }
  const sdls = new Map([
    ['books', books.sdl],
    ['notes', notes.sdl],
    ['rogue', rogue],
    ['gossip', gossip],
    ...Object.entries(explodingSdls),
  ])
  const supergraphSdl = Object.entries(urls).reduce(
    (sdl, [name, url]) => sdl.replace(`http://${name}.invalid/graphql`, url),
    composeSubgraphs(sdls),
  )
  const writeSupergraph = (name: string, text: string | Buffer): string => {
    const file = join(directory, `${name}.graphql`)
    writeFileSync(file, text)
    return file
  }
  return {
    supergraphSdl,
    supergraphFile: writeSupergraph('supergraph', supergraphSdl),
    answerBy: (next) => (manner = next),
    takeEchoed: () => echoed.splice(0),
    writeSupergraph,
    close: () => closers.forEach((close) => close()),
  }
}

async function answerHonestly(
  schema: ReturnType<typeof subgraphSchema>,
  body: string,
  response: ServerResponse,
): Promise<void> {
  const { query, variables } = JSON.parse(body) as {
    query: string
    variables: Record<string, unknown>
  }
  const result = await execute({ schema, document: parse(query), variableValues: variables })
  response.setHeader('content-type', 'application/json').end(JSON.stringify(result))
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
