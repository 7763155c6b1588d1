import { describe, expect, it } from '@jest/globals'
import type { Connection } from './route.ts'
import { runPage } from './run-page.ts'

/** A list that ends some pages early, as a filtered list may. */
function listOf(length: number, longest: number) {
  const asked: number[] = []
  const run = (stretch: {
    first: number
    after: string | undefined
  }): Promise<Connection<number>> => {
    asked.push(stretch.first)
    const start = stretch.after === undefined ? 0 : parseInt(stretch.after, 10)
    const end = Math.min(length, start + Math.min(stretch.first, longest))
    const nodes = Array.from({ length: end - start }, (_, index) => start + index)
    return Promise.resolve({
      nodes,
      pageInfo: { hasNextPage: end < length, endCursor: String(end) },
    })
  }
  return { run, asked }
}

const paging = { connection: (data: unknown) => data as Connection<number> }

describe('runPage', () => {
  it.each([
    [10, 0, 3, [0, 1, 2], true],
    [10, 7, 3, [7, 8, 9], false],
    [10, 8, 5, [8, 9], false],
    [10, 10, 5, [], false],
    [10, 0, 0, [], true],
    [0, 0, 5, [], false],
    [1, 0, 0, [], true],
  ])('of %i nodes, from %i at most %i', async (length, offset, limit, nodes, hasMore) => {
    for (const longest of [1, 2, 100]) {
      const { run } = listOf(length, longest)
      const { page } = await runPage(run, paging, { offset, limit })
      expect(page).toEqual({ nodes, hasMore })
    }
  })

  it('requests no more than it needs, and never more than a page', async () => {
    const short = listOf(1_000, 100)
    await runPage(short.run, paging, { offset: 0, limit: 50 })
    expect(short.asked).toEqual([50])
    const far = listOf(1_000, 100)
    const { page } = await runPage(far.run, paging, { offset: 230, limit: 20 })
    expect(far.asked).toEqual([100, 100, 50])
    expect(page.nodes).toEqual(Array.from({ length: 20 }, (_, index) => 230 + index))
  })
})
