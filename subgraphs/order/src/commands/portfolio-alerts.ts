import { toIso } from '@cnop/kit/clock'
import { BadInput, Contention } from '@cnop/kit/errors'
import { checkKey } from '@cnop/kit/idempotency-key'
import type { Actor } from '@cnop/kit/identity'
import { addUsd, formatUsd, notional, type Usd } from '@cnop/kit/money'
import { transact } from '@cnop/kit/transact'
import { postedCash, totalQuantity } from '@cnop/ledger/account'
import { VersionLost } from '@cnop/ledger/account-store'
import { readSettled } from '@cnop/ledger/balances'
import { runCommand } from '@cnop/ledger/command'
import { readIsWanted } from '@cnop/outbox/choices'
import { deliver } from '@cnop/outbox/deliver'
import type { Notification } from '@cnop/outbox/notification'
import { notificationWrites } from '@cnop/outbox/rows'
import { AssetNotTradable } from '@cnop/quotes/errors'
import { limits } from '@cnop/schema/limits'
import type { Deps } from '../deps.ts'
import { PortfolioAlertNotFound, TooManyOrders } from '../domain/errors.ts'
import { isOrderId } from '../domain/order.ts'
import { notifyOfPortfolio } from '../domain/order-notification.ts'
import {
  checkPortfolioAlert,
  openPortfolioAlert,
  type PortfolioAlert,
  watchPortfolioAlert,
} from '../domain/portfolio-alert.ts'
import { announcePortfolioAlert } from '../events.ts'
import type { CreatePortfolioAlertInput } from '../generated/resolvers.ts'
import {
  fromPortfolioAlertText,
  portfolioAlertWrites,
  readPortfolioAlerts,
  toPortfolioAlertText,
} from '../store/portfolio-alerts.ts'

/** What a portfolio is worth: cash, and holdings at mid prices, as `Portfolio.totalValue` has it; the first asset without a price else. */
async function valueOf({ ledger, quotes }: Deps, username: string): Promise<Usd | string> {
  const owned = await readSettled(ledger, username)
  if (!owned) throw new Contention()
  const held = owned.holdings.filter((holding) => totalQuantity(holding) !== 0n)
  const prices = await quotes.currentMany(held.map(({ assetId }) => assetId))
  let value = postedCash(owned.account)
  for (const holding of held) {
    const price = prices.get(holding.assetId)?.price
    if (price === undefined) return holding.assetId
    value = addUsd(value, notional(price, totalQuantity(holding), { round: 'down' }))
  }
  return value
}

const textOf = (value: Usd | undefined): string | undefined =>
  value === undefined ? undefined : formatUsd(value)

/** Creates an alert once for each key. A repeat answers with the alert as it was then. */
export async function createPortfolioAlert(
  deps: Deps,
  { username }: Actor,
  input: CreatePortfolioAlertInput,
): Promise<PortfolioAlert> {
  const key = checkKey(input.key)
  const request = checkPortfolioAlert(input)
  const { value, rearm, ...rest } = request
  const json = {
    ...rest,
    value: textOf(value),
    rearm: rearm && { ...rearm, amount: textOf(rearm.amount) },
  }
  // Without what is undefined, as it is stored.
  const plain = JSON.parse(JSON.stringify(json)) as Record<string, string>
  const command = { username, key, name: 'createPortfolioAlert', input: plain }
  const text = await runCommand<string>(deps.ledger, command, async () => {
    const [known, current] = await Promise.all([
      readPortfolioAlerts(deps.store, username),
      valueOf(deps, username),
    ])
    if (typeof current === 'string') throw new AssetNotTradable(current)
    const { mostPortfolioAlerts: most } = limits
    if (known.alerts.filter(({ status }) => status === 'ACTIVE').length >= most) {
      throw new TooManyOrders('portfolio alerts', most)
    }
    const alert = openPortfolioAlert(request, {
      ...{ id: deps.newId('pal'), current, nowMs: deps.now(), others: known.alerts },
    })
    const cause = portfolioAlertWrites(deps.store.table, known, [alert, ...known.alerts])
    return { entry: undefined, cause, result: toPortfolioAlertText(alert) }
  })
  const alert = fromPortfolioAlertText(text)
  announcePortfolioAlert(deps, username, alert, 'created')
  return alert
}

/** How often a look of the watch may come between. */
const maxAttempts = 10

/** Cancels an active alert; one that is closed already is answered as it is. Another user's is not found. */
export async function cancelPortfolioAlert(
  deps: Deps,
  { username }: Actor,
  id: string,
): Promise<PortfolioAlert> {
  if (!isOrderId(id)) throw new BadInput('id', 'must be 10 to 50 letters, digits or underscores')
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const known = await readPortfolioAlerts(deps.store, username)
    const alert = known.alerts.find((one) => one.id === id)
    if (!alert) throw new PortfolioAlertNotFound(id)
    if (alert.status !== 'ACTIVE') return alert
    const cancelled = { ...alert, status: 'CANCELLED', closedAt: toIso(deps.now()) } as const
    const alerts = known.alerts.map((one) => (one === alert ? cancelled : one))
    try {
      await transact(deps.store.db, portfolioAlertWrites(deps.store.table, known, alerts))
      announcePortfolioAlert(deps, username, cancelled, 'cancelled')
      return cancelled
    } catch (error) {
      if (!(error instanceof VersionLost)) throw error
    }
  }
  throw new Contention()
}

/**
 * Fires, re-arms and ends the alerts of one user by what the portfolio is worth now, with their notifications, in one transaction. It is
 * conditional on the alerts being as they were read, so that of any number of processes one does it, once for each crossing.
 */
export async function watchPortfolio(deps: Deps, username: string): Promise<void> {
  const known = await readPortfolioAlerts(deps.store, username)
  const value = await valueOf(deps, username)
  const at = toIso(deps.now())
  const told: PortfolioAlert[] = []
  const alerts = known.alerts.map((alert) => {
    const next = watchPortfolioAlert(alert, typeof value === 'string' ? undefined : value, at)
    if (next?.isTold) told.push(next.alert)
    return next?.alert ?? alert
  })
  if (alerts.every((alert, place) => alert === known.alerts[place])) return
  const notices = await wanted(
    deps,
    told.map((alert) => notifyOfPortfolio(deps.newId('ntf'), username, alert, at)),
  )
  try {
    await transact(deps.store.db, [
      ...portfolioAlertWrites(deps.store.table, known, alerts),
      ...notices.flatMap((notice) => notificationWrites(deps.outbox.table, notice)),
    ])
  } catch (error) {
    // Another process was faster, and has announced it.
    if (error instanceof VersionLost) return
    throw error
  }
  for (const alert of told) announcePortfolioAlert(deps, username, alert, 'told')
  for (const notice of notices) await deliver(deps, notice)
}

async function wanted(
  deps: Deps,
  notices: readonly Notification[],
): Promise<readonly Notification[]> {
  const are = await Promise.all(
    notices.map(({ username, kind }) => readIsWanted(deps.outbox, username, kind)),
  )
  return notices.filter((_, place) => are[place])
}
