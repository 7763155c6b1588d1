import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { startTestMarket, type TestMarket } from '../world/market.ts'
import type { Trader } from '../world/trader.ts'
import { newKey, startWorld, type World } from '../world/world.ts'

let market: TestMarket
let world: World

beforeAll(async () => {
  market = await startTestMarket({ BTC: 64_000 })
  world = await startWorld(market.env)
})
afterAll(async () => {
  await world.stop()
  await market.stop()
})

const watch = /* GraphQL */ `
  mutation Watch($assetId: ID!) {
    watchAsset(assetId: $assetId) {
      asset {
        id
        name
      }
      user {
        username
        watchlist {
          id
          quote {
            price
          }
        }
      }
    }
  }
`

const create = /* GraphQL */ `
  mutation CreateAlert($input: CreatePriceAlertInput!) {
    createPriceAlert(input: $input) {
      alert {
        id
        status
        price
        direction
        asset {
          id
        }
      }
      user {
        username
        priceAlerts {
          id
        }
      }
    }
  }
`

const read = /* GraphQL */ `
  query Bell {
    me {
      username
      email
      notificationsSeenAt
      priceAlerts {
        id
        status
        firedPrice
      }
      notifications(first: 5) {
        nodes {
          id
          kind
          text
          createdAt
          alert {
            id
            asset {
              name
            }
          }
        }
        pageInfo {
          hasNextPage
        }
      }
    }
  }
`

const markSeen = /* GraphQL */ `
  mutation Seen($until: DateTime!) {
    markNotificationsSeen(until: $until) {
      user {
        username
        email
        notificationsSeenAt
      }
    }
  }
`

interface Bell {
  readonly me: {
    readonly email: string
    readonly notificationsSeenAt: string | null
    readonly priceAlerts: readonly object[]
    readonly notifications: {
      readonly nodes: readonly { readonly text: string; readonly createdAt: string }[]
    }
  }
}

/** Waits for the first notification. */
async function untilNotified(trader: Trader): Promise<Bell['me']> {
  for (;;) {
    const { data, codes } = await trader.ask<Bell>(read)
    expect(codes).toEqual([])
    if (data!.me.notifications.nodes.length > 0) return data!.me
  }
}

describe('a user who waits for a price', () => {
  it('watches an asset, sets an alert, and is notified once when the market reaches the price', async () => {
    const alice = await world.trader()
    const bobby = await world.trader()
    const { username } = alice
    const watched = await alice.ask(watch, { assetId: 'btc' })
    expect(watched.data).toEqual({
      watchAsset: {
        asset: { id: 'BTC', name: 'Bitcoin' },
        user: { username, watchlist: [{ id: 'BTC', quote: { price: '64000' } }] },
      },
    })

    const input = { key: newKey(), assetId: 'BTC', direction: 'ABOVE', price: '64500' }
    const created = await alice.ask<{
      createPriceAlert: { alert: { id: string }; user: object }
    }>(create, { input })
    expect(created.codes).toEqual([])
    const { alert, user } = created.data!.createPriceAlert
    expect(alert).toMatchObject({ status: 'ACTIVE', price: '64500', asset: { id: 'BTC' } })
    expect(user).toEqual({ username, priceAlerts: [{ id: alert.id }] })
    expect((await alice.ask(create, { input })).data).toEqual(created.data)
    const met = await alice.ask(create, { input: { ...input, key: newKey(), price: '63000' } })
    expect(met.codes).toEqual(['PRICE_ALERT_MET'])

    market.setPrice('BTC', 64_750.5)
    const bell = await untilNotified(alice)
    expect(bell).toMatchObject({
      notificationsSeenAt: null,
      priceAlerts: [{ id: alert.id, status: 'FIRED', firedPrice: '64750.5' }],
      notifications: {
        nodes: [
          {
            kind: 'PRICE_ALERT',
            text: 'BTC rose to $64,750.50. You asked to be told at $64,500.00.',
            alert: { id: alert.id, asset: { name: 'Bitcoin' } },
          },
        ],
        pageInfo: { hasNextPage: false },
      },
    })

    const [notification] = bell.notifications.nodes
    const until = notification!.createdAt
    const seen = await alice.ask(markSeen, { until })
    expect(seen.data).toEqual({
      markNotificationsSeen: { user: { username, email: bell.email, notificationsSeenAt: until } },
    })
    const others = await bobby.ask<Bell>(read)
    expect(others.data!.me).toMatchObject({ priceAlerts: [], notifications: { nodes: [] } })
  })

  it('must be signed in', async () => {
    const input = { key: newKey(), assetId: 'BTC', direction: 'ABOVE', price: '99000' }
    expect((await world.stranger.ask(create, { input })).codes).toEqual(['UNAUTHENTICATED'])
    expect((await world.stranger.ask(watch, { assetId: 'BTC' })).codes).toEqual(['UNAUTHENTICATED'])
  })
})
