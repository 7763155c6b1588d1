import { once } from 'node:events'
import { type Request, type RequestHandler, type Response, Router } from 'express'
import { noteEvent, noteLimit } from '../audit/note-event.ts'
import { Refusal } from '../errors/refusal.ts'
import { type RequestContext, contextOf } from '../edge/request-context.ts'
import type { GraphQLEndpoint } from '../operations/graphql.ts'
import { secondsLeft, type Spend } from '../guard/budget.ts'
import { onlyParameters } from '../guard/parameters.ts'
import type { FindOperation } from '../operations/known-operations.ts'
import { type ActivityFilter, columns, type ExportedEntry, readActivity } from './read-activity.ts'

interface EndpointOptions {
  readonly graphql: GraphQLEndpoint
  readonly findOperation: FindOperation
  readonly spendExport: Spend
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
  router.use(requireSignedIn)
  const filters = onlyParameters('kinds', 'assetId', 'from', 'to', 'before')
  router.get('/activity.csv', filters, exportActivity(options, csv, 'activity.csv'))
  router.get('/activity.json', filters, exportActivity(options, json, 'activity.json'))
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
    await countExport(options.spendExport, context)
    const pages = readActivity(source, context, readFilter(request))
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

const requireSignedIn: RequestHandler = (_request, response, next) => {
  if (!contextOf(response).actor) throw new Refusal('UNAUTHENTICATED')
  next()
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

/**
 * `?kinds=BUY,SELL&assetId=BTC&from=2026-01-01T00:00:00Z&to=…`; the operation itself refuses unknown kinds and moments.
 * `before` continues an export that was aborted: it is the sequence of the last entry that arrived.
 */
function readFilter({ query }: Request): ActivityFilter {
  const [assetId, from, to] = ['assetId', 'from', 'to'].map((name) => readText(name, query[name]))
  if (assetId !== undefined && !ticker.test(assetId)) {
    throw badFilter('assetId', 'must be 1 to 10 letters or digits')
  }
  const kinds = readText('kinds', query['kinds'])?.split(',')
  return { kinds, assetId, from, to, before: readSequence(query['before']) }
}

function readSequence(value: unknown): string | undefined {
  const text = readText('before', value)
  if (text === undefined || /^[1-9]\d{0,11}$/.test(text)) return text
  throw badFilter('before', 'must be the sequence of an entry')
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
  for await (const entries of startWith(first, rest)) {
    const text = entries.map((entry) => {
      const written = `${separator}${format.write(entry)}`
      separator = format.separator
      return written
    })
    if (response.destroyed) return
    if (text.length > 0 && !response.write(text.join(''))) await drained(response)
  }
  // The header precedes the first entry; without entries it has not been written yet.
  response.end(separator === format.head ? format.head + format.tail : format.tail)
}

async function* startWith<T>(first: T, rest: AsyncIterable<T>): AsyncGenerator<T> {
  yield first
  yield* rest
}

/** Waits until the client has received what was written, or has disconnected. */
async function drained(response: Response): Promise<void> {
  const gone = new AbortController()
  const leave = (): void => {
    gone.abort()
  }
  response.once('close', leave)
  try {
    await once(response, 'drain', { signal: gone.signal })
  } catch (error) {
    if (!gone.signal.aborted) throw error
  } finally {
    response.removeListener('close', leave)
  }
}
