import { useEffect, useEffectEvent } from 'react'
import { useLocation, useSearchParams } from 'react-router'
import type { Failure } from '../api/errors.ts'

type Filters = Readonly<Record<string, string | readonly string[] | null>>

/** The history entry keeps the cursors of the pages before it, oldest first; the first page has none. */
function readEarlier(state: unknown): readonly string[] {
  const { earlier } = (state ?? {}) as { readonly earlier?: unknown }
  return Array.isArray(earlier) ? earlier.filter((cursor) => typeof cursor === 'string') : []
}

/** The number of the page, which only describes it. */
function readPage(search: URLSearchParams): number {
  if (!search.has('after')) return 1
  const page = search.get('page') ?? ''
  return /^[1-9]\d{0,5}$/.test(page) ? Number(page) : 2
}

const toPairs = (filters: Filters): [string, string][] =>
  Object.entries(filters).flatMap(([name, value]): [string, string][] => {
    if (!value) return []
    return typeof value === 'string' ? [[name, value]] : value.map((each) => [name, each])
  })

/** The address with a page in place of its own. */
function atPage(search: URLSearchParams, cursor: string | undefined, page: number) {
  const next = new URLSearchParams(search)
  next.delete('after')
  next.delete('page')
  if (cursor !== undefined) {
    next.set('page', String(page))
    next.set('after', cursor)
  }
  return next
}

/** The filters, the order and the page of a list, in the address: a reload, "back" and a shared link keep them. */
export function useListAddress() {
  const [search, setSearch] = useSearchParams()
  const earlier = readEarlier(useLocation().state)
  const after = search.get('after')
  const page = readPage(search)
  const go = (cursor: string | undefined, to: number, before: readonly string[]) =>
    setSearch(atPage(search, cursor, to), { state: { earlier: before } })
  return {
    search,
    after,
    /** Other filters begin with the first page. */
    filter: (filters: Filters) => setSearch(toPairs(filters), { replace: true }),
    restart: () => setSearch(atPage(search, undefined, 1), { replace: true }),
    pager: {
      page,
      /** A shared link does not say how its page was reached. */
      isPreviousKnown: page === 2 || earlier.length > 0,
      onPrevious: () => go(earlier.at(-1), page - 1, earlier.slice(0, -1)),
      onNext: (cursor: string | null) => {
        if (cursor !== null) go(cursor, page + 1, after === null ? [] : [...earlier, after])
      },
    },
  }
}

export type ListAddress = ReturnType<typeof useListAddress>

/** A cursor that the list refuses, such as one of other filters, leads to the first page, and so does a page without one. */
export function useKnownPage(
  { search, after, restart }: ListAddress,
  failure: Failure | undefined,
): void {
  const isRefused = after === null ? search.has('page') : failure?.field === 'after'
  const leave = useEffectEvent(restart)
  useEffect(() => {
    if (isRefused) leave()
  }, [isRefused])
}
