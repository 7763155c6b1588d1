import { readInstant } from '@cnop/kit/instant'
import { apiSchema } from '@cnop/schema/read'
import { type Request, type RequestHandler, Router } from 'express'
import { buildSchema, type GraphQLEnumType } from 'graphql'
import { noteEvent, noteLimit } from '../audit/note-event.ts'
import { Refusal } from '../errors/refusal.ts'
import { type RequestContext, contextOf } from '../edge/request-context.ts'
import type { GraphQLEndpoint } from '../operations/graphql.ts'
import { requireUser } from '../auth/require-caller.ts'
import { secondsLeft, type Spend } from '../guard/budget.ts'
import { onlyParameters, refusePath } from '../guard/parameters.ts'
import type { FindOperation } from '../operations/known-operations.ts'
import { type ActivityFilter, columns, readActivity, type Source } from './read-activity.ts'
import { gainColumns, readGains } from './read-gains.ts'
import { formats, type Row, writeRows } from './write-rows.ts'

interface EndpointOptions {
  readonly graphql: GraphQLEndpoint
  readonly findOperation: FindOperation
  readonly spendExport: Spend
  /** Reads a body, which means nothing here, and takes a place. */
  readonly readJson: readonly RequestHandler[]
  readonly config: { readonly deadlinesMs: { readonly router: number } }
}

/** A file that the endpoint serves. */
interface Report<Filter> {
  readonly name: 'activity' | 'gains'
  /** What JSON calls the list of rows. */
  readonly listName: string
  readonly operation: string
  readonly parameters: readonly string[]
  readonly columns: readonly string[]
  /** Refuses a malformed filter. */
  readFilter(request: Request): Filter
  read(source: Source, context: RequestContext, filter: Filter): AsyncGenerator<readonly Row[]>
}

const activity: Report<ActivityFilter> = {
  name: 'activity',
  listName: 'entries',
  operation: 'ExportActivity',
  parameters: ['kinds', 'assetId', 'from', 'to', 'before'],
  columns,
  readFilter,
  read: readActivity,
}

const gains: Report<number> = {
  name: 'gains',
  listName: 'lots',
  operation: 'ExportGains',
  parameters: ['year'],
  columns: gainColumns,
  readFilter: readYear,
  read: readGains,
}

/**
 * `/export/activity.csv` and `.json`: the caller's whole activity; `/export/gains.csv` and `.json`: the lots that the caller
 * sold in a UTC year. They are streamed, at the pace of their reader.
 */
export function createExportEndpoint(options: EndpointOptions): Router {
  const router = Router()
  offer(router, options, activity)
  offer(router, options, gains)
  router.use(refusePath)
  return router
}

function offer<Filter>(router: Router, options: EndpointOptions, report: Report<Filter>): void {
  const check: RequestHandler = (request, _response, next) => {
    report.readFilter(request)
    next()
  }
  const before = [onlyParameters(...report.parameters), check, requireUser, ...options.readJson]
  for (const format of ['csv', 'json'] as const) {
    router.get(`/${report.name}.${format}`, before, exportReport(options, report, format))
  }
}

function exportReport<Filter>(
  options: EndpointOptions,
  report: Report<Filter>,
  formatName: keyof typeof formats,
): RequestHandler {
  const { operation, columns: reported, listName } = report
  const source = {
    graphql: options.graphql,
    document: options.findOperation(operation),
    pageDeadlineMs: options.config.deadlinesMs.router,
  }
  const fileName = `${report.name}.${formatName}`
  const format = formats[formatName]
  return async (request, response) => {
    const context = contextOf(response)
    context.operationName = operation
    // What is refused for its form costs nothing of the budget; the limit of the address counts it.
    const filter = report.readFilter(request)
    await countExport(options.spendExport, context)
    const pages = report.read(source, context, filter)
    // A failure of the first page still has a status; later ones can only abort the response.
    const first = await pages.next()
    noteEvent(context, {
      action: 'activity.export',
      outcome: 'ok',
      extra: { file: fileName },
    })
    response.setHeader('Content-Type', format.contentType)
    response.setHeader('Content-Disposition', `attachment; filename="${fileName}"`)
    response.setHeader('Cache-Control', 'no-store')
    const written = { format, columns: reported, name: listName }
    try {
      await writeRows(response, written, startWith(first.done ? [] : first.value, pages))
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

/** `?year=2026`: a UTC year. */
function readYear({ query }: Request): number {
  const text = readText('year', query['year'])
  const year = /^[1-9]\d{3}$/.test(text ?? '') ? parseInt(text ?? '', 10) : 0
  if (year < 1970 || year > 9998) throw badFilter('year', 'must be a year from 1970 to 9998')
  return year
}

/** An empty filter is refused: it must not select everything. */
function readText(field: string, value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  if (value.trim() !== '') return value
  throw badFilter(field, 'must not be empty')
}

const badFilter = (field: string, reason: string): Refusal =>
  new Refusal('BAD_USER_INPUT', `${field}: ${reason}`, { details: { field, reason } })

async function* startWith<T>(first: T, rest: AsyncIterable<T>): AsyncGenerator<T> {
  yield first
  yield* rest
}
