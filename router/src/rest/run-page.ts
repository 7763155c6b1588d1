import type { Page, Paging, Window } from './route.ts'

/** The longest page of the supergraph's lists. */
const longestPage = 100

/** The furthest that an offset reaches. */
export const furthestOffset = 10_000

/** Runs the row's operation for one page of the list. */
type RunStretch = (stretch: { first: number; after: string | undefined }) => Promise<unknown>

type AnyPaging = Pick<Paging<unknown, unknown, unknown>, 'connection'>

/**
 * Walks a connection from its beginning to the requested window. Each page counts by its actual length, because a
 * filtered list may end one early; the walk is bounded because offsets are.
 */
export async function runPage(
  run: RunStretch,
  { connection }: AnyPaging,
  { offset, limit }: Window,
): Promise<{ data: unknown; page: Page<unknown> }> {
  const end = offset + Math.max(1, limit)
  const nodes: unknown[] = []
  let seen = 0
  let after: string | undefined
  let data: unknown
  let hasNextPage = true
  while (hasNextPage && seen < end) {
    const answer = await run({ first: Math.min(longestPage, end - seen), after })
    data ??= answer
    const stretch = connection(answer)
    nodes.push(...stretch.nodes.slice(Math.max(0, offset - seen)))
    seen += stretch.nodes.length
    hasNextPage = stretch.pageInfo.hasNextPage
    after = stretch.pageInfo.endCursor ?? undefined
  }
  const shown = nodes.slice(0, limit)
  return { data, page: { nodes: shown, hasMore: hasNextPage || nodes.length > shown.length } }
}
