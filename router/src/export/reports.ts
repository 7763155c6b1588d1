import { systemClock } from '@cnop/kit/clock'
import { readInstant } from '@cnop/kit/instant'
import { firstLanguage, isLanguage, type Language, languages } from '@cnop/kit/language'
import { limits } from '@cnop/schema/limits'
import { apiSchema } from '@cnop/schema/read'
import type { Request } from 'express'
import { buildSchema, type GraphQLEnumType } from 'graphql'
import Negotiator from 'negotiator'
import type { RequestContext } from '../edge/request-context.ts'
import { Refusal } from '../errors/refusal.ts'
import {
  type ActivityFilter,
  columns,
  type ExportedEntry,
  readActivity,
  type Source,
} from './read-activity.ts'
import { type ExportedGain, gainColumns, readGains } from './read-gains.ts'
import { layOutGains, layOutStatement, type Reader } from './layouts.ts'
import { type Month, readStatement, statementColumns, type StatementRow } from './read-statement.ts'
import type { PdfLayout } from './write-pdf.ts'
import type { Row } from './write-rows.ts'

/** A report that is served as files. */
export interface Report<Filter, Each extends Row> {
  readonly name: 'activity' | 'gains' | 'statement'
  /** What JSON calls the list of rows. */
  readonly listName: string
  readonly operation: string
  readonly parameters: readonly string[]
  readonly columns: readonly string[]
  /** Refuses a malformed filter. */
  readonly readFilter: (request: Request) => Filter
  readonly read: (
    source: Source,
    context: RequestContext,
    filter: Filter,
  ) => AsyncGenerator<readonly Each[]>
  /** How it looks as a PDF, where it is offered as one. */
  readonly layOut?: (filter: Filter, reader: Reader) => PdfLayout<Each>
}

export const activity: Report<ActivityFilter, ExportedEntry> = {
  name: 'activity',
  listName: 'entries',
  operation: 'ExportActivity',
  parameters: ['kinds', 'assetId', 'from', 'to', 'before'],
  columns,
  readFilter,
  read: readActivity,
}

export const gains: Report<number, ExportedGain> = {
  name: 'gains',
  listName: 'lots',
  operation: 'ExportGains',
  parameters: ['year'],
  columns: gainColumns,
  readFilter: readYear,
  read: readGains,
  layOut: layOutGains,
}

export const statement: Report<Month, StatementRow> = {
  name: 'statement',
  listName: 'entries',
  operation: 'ExportActivity',
  parameters: ['month'],
  columns: statementColumns,
  readFilter: readMonth,
  read: readStatement,
  layOut: layOutStatement,
}

/** The names of all files below `/export/`. Only what has a period fits on paper. */
export const reportFiles: readonly string[] = [activity, gains, statement].flatMap(
  ({ name, layOut }) =>
    ['csv', 'json', ...(layOut ? ['pdf'] : [])].map((format) => `${name}.${format}`),
)

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
  const { firstYear, lastYear } = limits
  const text = readText('year', query['year'])
  const year = /^[1-9]\d{3}$/.test(text ?? '') ? parseInt(text ?? '', 10) : 0
  if (year < firstYear || year > lastYear) {
    throw badFilter('year', `must be a year from ${firstYear} to ${lastYear}`)
  }
  return year
}

/** `?month=2026-11`: a UTC month that has begun. */
function readMonth({ query }: Request): Month {
  const month = readText('month', query['month']) ?? ''
  const from = `${month}-01T00:00:00.000Z`
  const ms = /^\d{4}-\d\d$/.test(month) ? readInstant(from) : undefined
  if (ms === undefined || month < '1970-01')
    throw badFilter('month', 'must be a month such as 2026-01')
  if (ms > systemClock()) throw badFilter('month', 'must not be in the future')
  const next = new Date(ms)
  next.setUTCMonth(next.getUTCMonth() + 1)
  return { month, from, to: next.toISOString() }
}

/** `?lang=zh-CN`, for what is read on paper; without it the first language of the request's headers that there are words in. */
export function readLanguage(request: Request): Language {
  const chosen = readText('lang', request.query['lang'])
  if (chosen === undefined) return firstLanguage(new Negotiator(request).languages())
  if (isLanguage(chosen)) return chosen
  throw badFilter('lang', `must be one of ${Object.keys(languages).join(', ')}`)
}

/** An empty filter is refused: it must not select everything. */
function readText(field: string, value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  if (value.trim() !== '') return value
  throw badFilter(field, 'must not be empty')
}

const badFilter = (field: string, reason: string): Refusal =>
  new Refusal('BAD_USER_INPUT', `${field}: ${reason}`, { details: { field, reason } })
