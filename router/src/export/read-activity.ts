import { encodeCursor } from '@cnop/kit/cursor'
import { performance } from 'node:perf_hooks'
import { normaliseErrors } from '../errors/normalise.ts'
import { refusalOf } from '../errors/refusal.ts'
import type { RequestContext } from '../edge/request-context.ts'
import type { GraphQLEndpoint } from '../operations/graphql.ts'

/** The columns of an export, in their order; the persisted operation selects exactly these. */
export const columns = [
  'sequence',
  'createdAt',
  'kind',
  'assetId',
  'quantityChange',
  'price',
  'cashChange',
  'cashHeldChange',
  'quantityHeldChange',
  'fee',
  'cashAfter',
  'orderId',
  'id',
  'hash',
] as const

export type ExportedEntry = Readonly<Record<(typeof columns)[number], string | number | null>>

interface ActivityData<Node> {
  readonly me: {
    readonly portfolio: {
      readonly activity: {
        readonly nodes: readonly Node[]
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
      }
    }
  }
}

export interface ActivityFilter {
  readonly kinds: readonly string[] | undefined
  readonly assetId: string | undefined
  readonly from: string | undefined
  readonly to: string | undefined
  /** Continues an export behind the entry with this sequence. */
  readonly before: string | undefined
}

export interface Source {
  readonly graphql: GraphQLEndpoint
  readonly document: string
  /** How long one page may take; an export as a whole takes as long as it is read. */
  readonly pageDeadlineMs: number
}

/** The caller's activity, newest first, page by page on demand. */
export const readActivity = (
  source: Source,
  context: RequestContext,
  { before, ...filter }: ActivityFilter,
): AsyncGenerator<readonly ExportedEntry[]> => readPages(source, context, filter, before)

/** Pages of the activity as the persisted operation selects them, behind the entry with the sequence `before`. */
export async function* readPages<Node>(
  { graphql, document, pageDeadlineMs }: Source,
  context: RequestContext,
  filter: Readonly<Record<string, unknown>>,
  before?: string,
): AsyncGenerator<readonly Node[]> {
  let after: string | null = before === undefined ? null : encodeCursor([before])
  do {
    const page: RequestContext = { ...context, deadlineAt: performance.now() + pageDeadlineMs }
    const { data, errors } = await graphql.run(page, document, { ...filter, after })
    const [error] = normaliseErrors(errors ?? [], context.requestId)
    if (error) throw refusalOf(error)
    const { nodes, pageInfo } = (data as unknown as ActivityData<Node>).me.portfolio.activity
    yield nodes
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null
  } while (after !== null)
}
