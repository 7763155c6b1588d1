import { randomBytes } from 'node:crypto'
import type { Random } from '../../money/random.ts'
import { isTokenOld, type Person, signIn } from './people.ts'
import type { Wire } from './wire.ts'

interface Stage {
  readonly wire: Wire
  readonly random: Random
}

/** One kind of request. It throws when the response is incomplete. */
export interface Deed {
  readonly name: string
  /** The percentage of requests of this kind. */
  readonly share: number
  readonly act: (person: Person, stage: Stage) => Promise<void>
}

const assetIds = ['BTC', 'ETH', 'DOGE', 'SOL'] as const

const panels = [
  { name: 'AccountCash' },
  { name: 'ValuesPortfolio' },
  { name: 'DashboardActivity' },
  { name: 'DashboardOpenOrders' },
  { name: 'DashboardInsight', variables: { refresh: false } },
  { name: 'DashboardRedPocket' },
] as const

const restPaths = [
  '/balance',
  '/portfolio',
  '/assets/balances',
  '/orders',
  '/inventory/assets?limit=20',
  '/inventory/assets/BTC',
] as const

async function askMarket(id: string, { wire, random }: Stage): Promise<void> {
  const asks = [
    () => wire.run('LandingAssets', {}),
    () => wire.run('MarketAssets', { first: 50 }),
    () => wire.run('LivePrices', { ids: [...assetIds], first: assetIds.length }),
    () => wire.run('AssetFacts', { id }),
    () => wire.run('ChartCandles', { id, range: 'DAY' }),
  ]
  await random.pick(asks)()
}

const newKey = (): string => `soak-${randomBytes(10).toString('hex')}`

const order = (side: 'BUY' | 'SELL', quantity: string) => ({
  key: newKey(),
  side,
  assetId: 'DOGE',
  quantity,
})

/** Buys, or sells an earlier purchase, so that no user runs out of cash. */
async function trade(person: Person, wire: Wire): Promise<void> {
  const sells = person.lots > 1
  if (sells) person.lots -= 1
  const input = { ...order(sells ? 'SELL' : 'BUY', '20'), type: 'MARKET' }
  await wire.run('TicketPlaceOrder', { input }, person.token)
  if (!sells) person.lots += 1
}

interface Placed {
  readonly placeOrder: { readonly order: { readonly id: string } }
}

/** Places an order far below the market, or cancels a waiting one. */
async function placeOrCancel(person: Person, wire: Wire): Promise<void> {
  const orderId = person.waiting.length > 1 ? person.waiting.shift() : undefined
  if (orderId !== undefined) {
    await wire.run('OrdersCancel', { input: { orderId } }, person.token)
    return
  }
  const input = { ...order('BUY', '200'), type: 'LIMIT', limitPrice: '0.01' }
  const data = await wire.run('TicketPlaceOrder', { input }, person.token)
  person.waiting.push((data as unknown as Placed).placeOrder.order.id)
}

/** The mix of requests, most of them reads. */
export const deeds: readonly Deed[] = [
  {
    name: 'panel',
    share: 50,
    act: async ({ token }, { wire, random }) => {
      const { name, ...rest } = random.pick(panels)
      await wire.run(name, 'variables' in rest ? rest.variables : {}, token)
    },
  },
  {
    name: 'flagship',
    share: 5,
    act: async ({ token }, { wire }) => {
      await wire.run('DemoFlagship', {}, token)
    },
  },
  {
    name: 'market',
    share: 18,
    act: (_person, stage) => askMarket(stage.random.pick(assetIds), stage),
  },
  { name: 'order', share: 7, act: (person, { wire }) => trade(person, wire) },
  { name: 'limit', share: 7, act: (person, { wire }) => placeOrCancel(person, wire) },
  {
    name: 'deposit',
    share: 2,
    act: async ({ token }, { wire }) => {
      await wire.run('AccountDeposit', { input: { key: newKey(), amount: '1.00' } }, token)
    },
  },
  { name: 'signIn', share: 1, act: (person, { wire }) => signIn(person, wire) },
  {
    name: 'rest',
    share: 9,
    act: ({ token }, { wire, random }) => wire.rest('GET', random.pick(restPaths), token),
  },
  {
    name: 'restDeposit',
    share: 1,
    act: ({ token }, { wire }) => wire.rest('POST', '/balance/deposit', token, { amount: '1.00' }),
  },
]

const total = deeds.reduce((sum, { share }) => sum + share, 0)

const signingIn = deeds.find(({ name }) => name === 'signIn')

/** Draws the next request of a user. */
export function drawDeed(random: Random, person: Person): Deed {
  if (signingIn && isTokenOld(person)) return signingIn
  let left = random.below(total)
  for (const deed of deeds) {
    if (left < deed.share) return deed
    left -= deed.share
  }
  throw new Error('The shares do not add up.')
}
