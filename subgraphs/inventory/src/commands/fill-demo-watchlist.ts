import { type DemoOwner, requireDemoAccount } from '@cnop/kit/demo'
import { priceFromUnits } from '@cnop/kit/money'
import type { Deps } from '../deps.ts'
import { changeWatchlist, hasWatchlist } from '../store/watchlists.ts'
import { createPriceAlert } from './create-price-alert.ts'

const watched = ['BTC', 'ETH', 'SOL', 'LINK', 'XRP', 'AVAX'] as const

const alerts = [
  { key: 'demo-alert-above', assetId: 'BTC', direction: 'ABOVE', percentOfMarket: 108n },
  { key: 'demo-alert-below', assetId: 'ETH', direction: 'BELOW', percentOfMarket: 90n },
] as const

const cent = 10_000_000_000n

/** Gives a demo account alerts and a watchlist, in this order: the watchlist shows that nothing is left to do. */
export async function fillDemoWatchlist(deps: Deps, owner: DemoOwner): Promise<void> {
  requireDemoAccount(deps.profile, owner)
  const { username } = owner
  if (await hasWatchlist(deps.store, username)) return
  for (const { percentOfMarket, ...alert } of alerts) {
    const quote = await deps.quotes.current(alert.assetId)
    if (!quote?.isActive) continue
    const away = (quote.price * percentOfMarket) / 100n
    const price = priceFromUnits(away - (away % cent))
    await createPriceAlert(deps, { username }, { ...alert, price })
  }
  const listed = watched.filter((assetId) => deps.catalogue.get(assetId))
  await changeWatchlist(deps.store, username, () => listed)
}
