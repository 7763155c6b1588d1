import { describe, expect, it } from '@jest/globals'
import { codeOf, detailsOf, openForEach, type Users } from './testing/alert-operations.ts'
import type { AlertWorld, Process } from './testing/alert-world.ts'

let world: AlertWorld
let inventory: Process
let users: Users
openForEach((opened) => ({ world, inventory, users } = opened))

const change =
  (field: 'watchAsset' | 'unwatchAsset') =>
  (username: string | undefined, assetId: string, process = inventory) =>
    world.ask(
      process,
      username,
      `mutation ($assetId: ID!) { ${field}(assetId: $assetId) { user { username watchlist { id } } } }`,
      { assetId },
    )
const watch = change('watchAsset')
const unwatch = change('unwatchAsset')

const watched = async (username: string) =>
  (
    await users.readUser<{ watchlist: readonly { readonly id: string }[] }>(
      username,
      'watchlist { id }',
    )
  ).watchlist.map(({ id }) => id)

const tickers = async (count: number): Promise<readonly string[]> => {
  const { data } = await world.ask(inventory, undefined, '{ assets(first: 250) { nodes { id } } }')
  const { nodes } = data!['assets'] as { nodes: readonly { id: string }[] }
  return nodes.slice(0, count).map(({ id }) => id)
}

describe('the watchlist', () => {
  it('keeps the order in which assets were added, in any case and only once', async () => {
    for (const assetId of ['eth', 'BTC', 'DOGE', 'Eth', 'BTC']) await watch('alice1', assetId)
    expect(await watched('alice1')).toEqual(['ETH', 'BTC', 'DOGE'])
    expect(await watched('bobby1')).toEqual([])
  })

  it('answers a change with the list as it has become', async () => {
    await watch('alice1', 'ETH')
    expect((await watch('alice1', 'BTC')).data).toEqual({
      watchAsset: { user: { username: 'alice1', watchlist: [{ id: 'ETH' }, { id: 'BTC' }] } },
    })
    expect((await unwatch('alice1', 'eth')).data).toEqual({
      unwatchAsset: { user: { username: 'alice1', watchlist: [{ id: 'BTC' }] } },
    })
  })

  it('does not mind that an asset was not there, and puts it last when it comes again', async () => {
    await watch('alice1', 'ETH')
    await watch('alice1', 'BTC')
    expect(codeOf(await unwatch('alice1', 'DOGE'))).toBeUndefined()
    expect(codeOf(await unwatch('alice1', 'NOPE'))).toBeUndefined()
    await unwatch('alice1', 'ETH')
    await watch('alice1', 'ETH')
    expect(await watched('alice1')).toEqual(['BTC', 'ETH'])
  })

  it('loses nothing when assets are added and taken out at once, in two processes', async () => {
    const processes = [inventory, await world.openProcess()]
    const ids = await tickers(10)
    await watch('alice1', ids[0]!)
    const answers = await Promise.all([
      ...ids.slice(1).map((id, place) => watch('alice1', id, processes[place % 2])),
      unwatch('alice1', ids[0]!),
    ])
    const refused = answers.slice(0, -1).map((answer) => codeOf(answer) === 'CONTENTION')
    const expected = ids.slice(1).filter((_, place) => !refused[place])
    expect(expected.length).toBeGreaterThan(0)
    expect([...(await watched('alice1'))].sort()).toEqual([...expected].sort())
  })

  it('has room for a hundred assets', async () => {
    const ids = await tickers(101)
    for (const id of ids.slice(0, 100)) await watch('alice1', id)
    const full = await watch('alice1', ids[100]!)
    expect(codeOf(full)).toBe('LIMIT_REACHED')
    expect(detailsOf(full)).toEqual({ what: 'watched assets', limit: '100' })
    expect(codeOf(await watch('alice1', ids[50]!))).toBeUndefined()
    await unwatch('alice1', ids[0]!)
    expect(codeOf(await watch('alice1', ids[100]!))).toBeUndefined()
    expect(await watched('alice1')).toEqual(ids.slice(1))
  })

  it('refuses what is no asset, and callers that are not signed in', async () => {
    const wrong = await watch('alice1', 'B-T-C')
    expect(codeOf(wrong)).toBe('BAD_USER_INPUT')
    expect(detailsOf(wrong)).toMatchObject({ field: 'assetId' })
    expect(codeOf(await watch('alice1', 'NOPE'))).toBe('ASSET_NOT_FOUND')
    expect(codeOf(await watch(undefined, 'BTC'))).toBe('UNAUTHENTICATED')
    expect(codeOf(await unwatch(undefined, 'BTC'))).toBe('UNAUTHENTICATED')
    expect(await watched('alice1')).toEqual([])
  })
})
