import { createHash } from 'node:crypto'
import { decodeCursor, encodeCursor, pageSize } from '@cnop/kit/cursor'
import { BadInput } from '@cnop/kit/errors'
import type { Deps } from '../deps.ts'
import type { Asset } from '../domain/asset.ts'
import { type AssetChoice, type AssetOrder, chooseAssets } from '../domain/sort-assets.ts'

export interface ListQuestion {
  readonly choice: AssetChoice
  readonly order: AssetOrder
  readonly first: number | null | undefined
  readonly after: string | null | undefined
}

export interface AssetPage {
  readonly nodes: readonly Asset[]
  readonly totalCount: number
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

type ListDeps = Pick<Deps, 'catalogue' | 'lists'>

const largestPage = 250
const usualPage = 50

/** One page of assets: in the order of its first page, with the figures of now. */
export function listAssets(deps: ListDeps, question: ListQuestion): AssetPage {
  const { catalogue } = deps
  const size = pageSize(question.first, largestPage, usualPage)
  const list = findList(deps, question)
  const assetIds = list.assetIds.slice(list.start, list.start + size)
  const end = list.start + assetIds.length
  const last = assetIds.at(-1)
  return {
    nodes: assetIds.flatMap((assetId) => catalogue.get(assetId) ?? []),
    totalCount: list.assetIds.length,
    pageInfo: {
      hasNextPage: end < list.assetIds.length,
      endCursor:
        last === undefined ? null : encodeCursor([list.fingerprint, list.name, last, String(end)]),
    },
  }
}

interface List {
  readonly name: string
  /** Which filter and order a cursor belongs to. */
  readonly fingerprint: string
  readonly assetIds: readonly string[]
  readonly start: number
}

function findList(deps: ListDeps, { choice, order, after }: ListQuestion): List {
  const fingerprint = fingerprintOf(choice, order)
  const cursor = after != null ? readCursor(after, fingerprint) : undefined
  const frozen = cursor && deps.lists.find(cursor.name)
  if (frozen) return { name: cursor.name, fingerprint, assetIds: frozen, start: cursor.end }
  const { catalogue, lists } = deps
  const assetIds = chooseAssets(catalogue.all(), choice, order).map(({ assetId }) => assetId)
  const name = lists.keep(`${fingerprint}/${catalogue.version()}`, assetIds)
  return { name, fingerprint, assetIds, start: cursor ? placeBehind(assetIds, cursor) : 0 }
}

interface Cursor {
  readonly name: string
  readonly assetId: string
  readonly end: number
}

function readCursor(after: string, fingerprint: string): Cursor {
  const [of = '', name = '', assetId = '', end = ''] = decodeCursor(after, 4)
  if (of !== fingerprint || !/^\d{1,6}$/.test(end)) {
    throw new BadInput('after', 'is not a cursor of this list')
  }
  return { name, assetId, end: parseInt(end, 10) }
}

/** Another replica, or one that has forgotten the order, goes on behind the asset that the page ended with. */
function placeBehind(assetIds: readonly string[], { assetId, end }: Cursor): number {
  const place = assetIds.indexOf(assetId)
  return place < 0 ? end : place + 1
}

const fingerprintOf = (choice: AssetChoice, order: AssetOrder): string =>
  createHash('sha256')
    .update(JSON.stringify([choice, order]))
    .digest('base64url')
    .slice(0, 12)
