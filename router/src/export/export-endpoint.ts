import { once } from 'node:events'
import { readInstant } from '@cnop/kit/instant'
import { apiSchema } from '@cnop/schema/read'
import { type Request, type RequestHandler, type Response, Router } from 'express'
import { buildSchema, type GraphQLEnumType } from 'graphql'
import { isClosed, whenClientLeaves } from '../edge/answered.ts'
import { noteEvent, noteLimit } from '../audit/note-event.ts'
import { Refusal } from '../errors/refusal.ts'
import { type RequestContext, contextOf } from '../edge/request-context.ts'
import type { GraphQLEndpoint } from '../operations/graphql.ts'
import { requireUser } from '../auth/require-caller.ts'
import { secondsLeft, type Spend } from '../guard/budget.ts'
import { onlyParameters, refusePath } from '../guard/parameters.ts'
import type { FindOperation } from '../operations/known-operations.ts'
import { type ActivityFilter, columns, type ExportedEntry, readActivity } from './read-activity.ts'

interface EndpointOptions {
  readonly graphql: GraphQLEndpoint
  readonly findOperation: FindOperation
  readonly spendExport: Spend
  /** Reads a body, which means nothing here, and takes a place. */
  readonly readJson: readonly RequestHandler[]
  readonly config: { readonly deadlinesMs: { readonly router: number } }
}

/** An export format: header, separator, entry and footer. */
interface Format {
  readonly contentType: string
  readonly head: string
  readonly separator: string
  readonly tail: string
  write(entry: ExportedEntry): string
}

/** Every value is a number, an enum value or an identifier, so that no cell is a formula or needs quotes. */
const csv: Format = {
  contentType: 'text/csv; charset=utf-8',
  head: `${columns.join(',')}\r\n`,
  separator: '',
  tail: '',
  write: (entry) => `${columns.map((column) => String(entry[column] ?? '')).join(',')}\r\n`,
}

const json: Format = {
  contentType: 'application/json; charset=utf-8',
  head: '{"entries":[\n',
  separator: ',\n',
  tail: '\n]}\n',
  write: (entry) => JSON.stringify(Object.fromEntries(columns.map((name) => [name, entry[name]]))),
}

/** `/export/activity.csv` and `.json`: the caller's whole activity, streamed, at the pace of its reader. */
export function createExportEndpoint(options: EndpointOptions): Router {
  const router = Router()
  const parameters = onlyParameters('kinds', 'assetId', 'from', 'to', 'before')
  const before = [parameters, checkFilter, requireUser, ...options.readJson]
  router.get('/activity.csv', before, exportActivity(options, csv, 'activity.csv'))
  router.get('/activity.json', before, exportActivity(options, json, 'activity.json'))
  router.use(refusePath)
  return router
}

function exportActivity(
  options: EndpointOptions,
  format: Format,
  fileName: string,
): RequestHandler {
  const source = {
    graphql: options.graphql,
    document: options.findOperation('ExportActivity'),
    pageDeadlineMs: options.config.deadlinesMs.router,
  }
  return async (request, response) => {
    const context = contextOf(response)
    context.operationName = 'ExportActivity'
    // What is refused for its form costs nothing of the budget; the limit of the address counts it.
    const filter = readFilter(request)
    await countExport(options.spendExport, context)
    const pages = readActivity(source, context, filter)
    // A failure of the first page still has a status; later ones can only abort the response.
    const first = await pages.next()
    noteEvent(context, { action: 'activity.export', outcome: 'ok', extra: { file: fileName } })
    response.setHeader('Content-Type', format.contentType)
    response.setHeader('Content-Disposition', `attachment; filename="${fileName}"`)
    response.setHeader('Cache-Control', 'no-store')
    try {
      await writeEntries(response, format, first.done ? [] : first.value, pages)
    } catch (error) {
      context.log.error({ action: 'export.broken', error }, 'An export was aborted.')
      response.destroy()
    }
  }
}

async function countExport(spend: Spend, context: RequestContext): Promise<void> {
  const { actor } = context
  if (!actor) throw new Refusal('UNAUTHENTICATED')
  const { isWithin, msLeft } = await spend(actor.username, 1)
  if (!isWithin) {
    noteLimit(context, 'export')
    throw new Refusal('RATE_LIMITED', undefined, { retryAfterSeconds: secondsLeft(msLeft) })
  }
}

const ticker = /^[A-Za-z0-9]{1,10}$/

const kindNames: readonly string[] = (
  buildSchema(apiSchema()).getType('ActivityKind') as GraphQLEnumType
)
  .getValues()
  .map(({ name }) => name)

/**
 * `?kinds=BUY,SELL&assetId=BTC&from=2026-01-01T00:00:00Z&to=…`.
 * `before` continues an export that was aborted: it is the sequence of the last entry that arrived.
 */
function readFilter({ query }: Request): ActivityFilter {
  const [assetId, from, to] = ['assetId', 'from', 'to'].map((name) => readText(name, query[name]))
  if (assetId !== undefined && !ticker.test(assetId)) {
    throw badFilter('assetId', 'must be 1 to 10 letters or digits')
  }
  checkRange(from, to)
  const kinds = readText('kinds', query['kinds'])?.split(',')
  if (kinds?.some((kind) => !kindNames.includes(kind))) {
    throw badFilter('kinds', `must be some of ${kindNames.join(', ')}`)
  }
  return { kinds, assetId, from, to, before: readSequence(query['before']) }
}

function checkRange(from: string | undefined, to: string | undefined): void {
  const [first = -Infinity, last = Infinity] = Object.entries({ from, to }).map(([field, text]) => {
    const ms = text === undefined ? undefined : readInstant(text)
    if (text !== undefined && ms === undefined) {
      throw badFilter(field, 'must be an instant such as 2026-01-31T09:15:00Z')
    }
    return ms
  })
  if (first > last) throw badFilter('from', 'must not be after to')
}

function readSequence(value: unknown): string | undefined {
  const text = readText('before', value)
  if (text === undefined || /^[1-9]\d{0,11}$/.test(text)) return text
  throw badFilter('before', 'must be the sequence of an entry')
}

const checkFilter: RequestHandler = (request, _response, next) => {
  readFilter(request)
  next()
}

/** An empty filter is refused: it must not select everything. */
function readText(field: string, value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  if (value.trim() !== '') return value
  throw badFilter(field, 'must not be empty')
}

const badFilter = (field: string, reason: string): Refusal =>
  new Refusal('BAD_USER_INPUT', `${field}: ${reason}`, { details: { field, reason } })

async function writeEntries(
  response: Response,
  format: Format,
  first: readonly ExportedEntry[],
  rest: AsyncIterable<readonly ExportedEntry[]>,
): Promise<void> {
  let separator = format.head
  const gone = whenClientLeaves(response)
  for await (const entries of startWith(first, rest)) {
    const text = entries.map((entry) => {
      const written = `${separator}${format.write(entry)}`
      separator = format.separator
      return written
    })
    if (isClosed(response)) return
    if (text.length > 0 && !response.write(text.join(''))) await drained(response, gone)
  }
  // The header precedes the first entry; without entries it has not been written yet.
  response.end(separator === format.head ? format.head + format.tail : format.tail)
}

async function* startWith<T>(first: T, rest: AsyncIterable<T>): AsyncGenerator<T> {
  yield first
  yield* rest
}

/** Waits until the client has received what was written, or has disconnected. */
async function drained(response: Response, gone: AbortSignal): Promise<void> {
  try {
    await once(response, 'drain', { signal: gone })
  } catch (error) {
    if (!gone.aborted) throw error
  }
}
