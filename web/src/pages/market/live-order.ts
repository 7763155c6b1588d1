import { useState } from 'react'
import { usePriceTable } from '../../api/live-prices.ts'
import type { LivePrice } from '../../api/price-feed.ts'
import type { AssetSortColumn } from '../../generated/graphql.ts'
import type { RowUse } from '../../ui/GridTable.tsx'
import type { MarketAsset } from './columns.tsx'

type Sorting = { readonly by: AssetSortColumn; readonly descending: boolean }

/** The columns with figures that every tick changes. */
const isLiveColumn = (by: AssetSortColumn): boolean => by === 'PRICE' || by === 'CHANGE_24H'

/** The figure that a row shows; only to be compared. */
function figureOf(
  { quote, marketData }: MarketAsset,
  live: LivePrice | undefined,
  by: AssetSortColumn,
): number | undefined {
  const tick = live && (!quote || live.quotedAt > quote.quotedAt) ? live : undefined
  const figure =
    by === 'PRICE'
      ? (tick ?? quote)?.price
      : (tick?.changePercent24h ?? marketData.changePercent24h)
  return figure == null ? undefined : Number(figure)
}

/** By the figures that are shown; those without one come last, and equal ones stay as the service sorted them. */
function byFigures(
  nodes: readonly MarketAsset[],
  table: ReadonlyMap<string, LivePrice>,
  { by, descending }: Sorting,
): readonly MarketAsset[] {
  const worst = descending ? -Infinity : Infinity
  return nodes
    .map((node) => ({ node, figure: figureOf(node, table.get(node.id), by) ?? worst }))
    .sort((one, other) => {
      if (one.figure === other.figure) return 0
      return one.figure < other.figure === descending ? 1 : -1
    })
    .map(({ node }) => node)
}

/**
 * The rows of a page in the order of their live figures. While the pointer or the focus is in a row they stay where they are,
 * so that none slips away from under a click.
 */
export function useLiveOrder(nodes: readonly MarketAsset[], sorting: Sorting) {
  const isLive = isLiveColumn(sorting.by)
  const table = usePriceTable(isLive)
  const [{ isPointed, isFocused }, setUse] = useState<RowUse>({
    isPointed: false,
    isFocused: false,
  })
  const [kept, keep] = useState<{ readonly list: string; readonly ids: readonly string[] }>()
  const sorted = isLive ? byFigures(nodes, table, sorting) : nodes
  const ids = sorted.map(({ id }) => id)
  // Another page or another sorting is another list; a page that is read again may have another order.
  const list = [sorting.by, sorting.descending, ...nodes.map(({ id }) => id).sort()].join()
  const isHeld = (isPointed || isFocused) && kept?.list === list
  if (!isHeld && (kept?.list !== list || kept.ids.join() !== ids.join())) keep({ list, ids })
  const rows = isHeld ? kept.ids.flatMap((id) => sorted.filter((node) => node.id === id)) : sorted
  const onUse = (use: Partial<RowUse>) => setUse((before) => ({ ...before, ...use }))
  return { rows, onUse }
}
