import { type Request, type RequestHandler, type Response, Router } from 'express'
import { noteEvent, noteLimit } from '../audit/note-event.ts'
import { Refusal } from '../errors/refusal.ts'
import { type RequestContext, contextOf } from '../edge/request-context.ts'
import type { GraphQLEndpoint } from '../operations/graphql.ts'
import { requireUser } from '../auth/require-caller.ts'
import { secondsLeft, type Spend } from '../guard/budget.ts'
import { onlyParameters, refusePath } from '../guard/parameters.ts'
import type { FindOperation } from '../operations/known-operations.ts'
import { activity, gains, readLanguage, type Report, statement } from './reports.ts'
import { wordsIn } from './words.ts'
import { writePdf } from './write-pdf.ts'
import { formats, type Row, writeRows } from './write-rows.ts'

interface EndpointOptions {
  readonly graphql: GraphQLEndpoint
  readonly findOperation: FindOperation
  readonly spendExport: Spend
  /** Reads a body, which means nothing here, and takes a place. */
  readonly readJson: readonly RequestHandler[]
  readonly config: { readonly deadlinesMs: { readonly router: number } }
}

/**
 * `/export/activity.csv`: the caller's whole activity; `/export/gains.csv`: the lots that the caller sold in a UTC year;
 * `/export/statement.csv`: the balances and movements of a UTC month. All have `.json` too, the latter two `.pdf`, in
 * the language of `lang` or of the request. They are streamed, at the pace of their reader.
 */
export function createExportEndpoint(options: EndpointOptions): Router {
  const router = Router()
  offer(router, options, activity)
  offer(router, options, gains)
  offer(router, options, statement)
  router.use(refusePath)
  return router
}

function offer<Filter, Each extends Row>(
  router: Router,
  options: EndpointOptions,
  report: Report<Filter, Each>,
): void {
  const serve = (
    fileName: string,
    write: Write<Filter, Each>,
    parameters = report.parameters,
    check = report.readFilter as (request: Request) => unknown,
  ): void => {
    const checked: RequestHandler = (request, _response, next) => {
      check(request)
      next()
    }
    const before = [onlyParameters(...parameters), checked, requireUser, ...options.readJson]
    router.get(`/${fileName}`, before, exportReport(options, { ...report, fileName, write }))
  }
  for (const [name, format] of Object.entries(formats)) {
    serve(`${report.name}.${name}`, (response, pages) =>
      writeRows(response, { ...report, format }, pages),
    )
  }
  const { layOut } = report
  if (!layOut) return
  const write: Write<Filter, Each> = (response, pages, { filter, username, request }) => {
    const words = wordsIn[readLanguage(request)]
    return writePdf(response, layOut(filter, { username, words }), pages)
  }
  serve(`${report.name}.pdf`, write, [...report.parameters, 'lang'], (request) => {
    report.readFilter(request)
    readLanguage(request)
  })
}

/** What was asked for, and by whom. */
interface Asked<Filter> {
  readonly filter: Filter
  readonly username: string
  readonly request: Request
}

/** Writes a report as one format, and ends the response. */
type Write<Filter, Each> = (
  response: Response,
  pages: AsyncIterable<readonly Each[]>,
  asked: Asked<Filter>,
) => Promise<void>

interface ServedFile<Filter, Each extends Row> extends Report<Filter, Each> {
  readonly fileName: string
  readonly write: Write<Filter, Each>
}

function exportReport<Filter, Each extends Row>(
  options: EndpointOptions,
  { operation, fileName, readFilter, read, write }: ServedFile<Filter, Each>,
): RequestHandler {
  const source = {
    graphql: options.graphql,
    document: options.findOperation(operation),
    pageDeadlineMs: options.config.deadlinesMs.router,
  }
  return async (request, response) => {
    const context = contextOf(response)
    context.operationName = operation
    // What is refused for its form costs nothing of the budget; the limit of the address counts it.
    const filter = readFilter(request)
    const username = await countExport(options.spendExport, context)
    const pages = read(source, context, filter)
    // A failure of the first page still has a status; later ones can only abort the response.
    const first = await pages.next()
    noteEvent(context, {
      action: 'activity.export',
      outcome: 'ok',
      extra: { file: fileName },
    })
    response.setHeader('Content-Disposition', `attachment; filename="${fileName}"`)
    response.setHeader('Cache-Control', 'no-store')
    const all = startWith(first.done ? [] : first.value, pages)
    try {
      await write(response, all, { filter, username, request })
    } catch (error) {
      context.log.error({ action: 'export.broken', error }, 'An export was aborted.')
      response.destroy()
    }
  }
}

/** Counts an export of the caller, and returns who that is. */
async function countExport(spend: Spend, context: RequestContext): Promise<string> {
  const { actor } = context
  if (!actor) throw new Refusal('UNAUTHENTICATED')
  const { isWithin, msLeft } = await spend(actor.username, 1)
  if (!isWithin) {
    noteLimit(context, 'export')
    throw new Refusal('RATE_LIMITED', undefined, { retryAfterSeconds: secondsLeft(msLeft) })
  }
  return actor.username
}

async function* startWith<T>(first: T, rest: AsyncIterable<T>): AsyncGenerator<T> {
  yield first
  yield* rest
}
