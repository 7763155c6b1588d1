import { connect } from '@cnop/kit/dynamo'
import { systemClock } from '@cnop/kit/clock'
import { verifyWithOrders } from '@cnop/ops/ledger/verify'
import type { Verification } from '@cnop/ledger/verify'
import type { Client } from '../world/client.ts'
import { createTrader } from '../world/trader.ts'
import { type Audit, auditStatement, readStatement } from './audit.ts'
import { createCustomer, type Customer } from './customer.ts'
import type { Prices } from './intents.ts'
import { createRandom } from './random.ts'

/** Raised limits, for many users with one address. */
export const crowdEnvironment = {
  DAILY_DEPOSIT_LIMIT: '100000000',
  DAILY_WITHDRAW_LIMIT: '100000000',
  ORDER_FEE_BASIS_POINTS: '25',
  RATE_LIMIT_PER_MINUTE: '1000000',
  SERVICE_RATE_LIMITS: 'user=1000000,inventory=1000000,order=1000000,insights=1000000,cny=1000000',
  LEDGER_VERIFY_INTERVAL_MS: '3600000',
  SEED_DEMO_USER: 'false',
  INVENTORY_SCENARIO: 'volatile',
}

/** The market is so shallow that limit orders of about twenty dollars fill in parts. */
export const bankEnvironment = { ...crowdEnvironment, MARKET_DEPTH: '15' }

const assetIds = ['BTC', 'ETH', 'DOGE', 'SOL'] as const

interface Quoted {
  readonly asset: { readonly id: string; readonly quote: { readonly price: string } | null } | null
}

const quoteQuery = 'query ($id: ID!) { asset(id: $id) { id quote { price } } }'

/** Current prices, around which orders are drawn. */
export async function readPrices(client: Client): Promise<Prices> {
  const answers = await Promise.all(assetIds.map((id) => client.ask<Quoted>(quoteQuery, { id })))
  const prices = answers.flatMap(({ data }) =>
    data?.asset?.quote ? [[data.asset.id, Number(data.asset.quote.price)] as const] : [],
  )
  if (prices.length === 0) throw new Error('The market has no prices.')
  return new Map(prices)
}

/** Customers with some cash each, who draw their commands from one seed. */
export async function openCustomers(
  stranger: Client,
  { count, seed }: { count: number; seed: number },
): Promise<readonly Customer[]> {
  const random = createRandom(seed)
  const prices = await readPrices(stranger)
  let serial = 0
  const nextSerial = (): number => (serial += 1)
  const customers: Customer[] = []
  for (let opened = 0; opened < count; opened += 1) {
    const trader = await createTrader(stranger)
    customers.push(createCustomer(trader, { random, prices, nextSerial }))
  }
  return customers
}

/** Lets a customer run several commands at once until the time is up. */
export async function keepBusy(
  customer: Customer,
  { atOnce, until, deadlineAt }: { atOnce: number; until: () => boolean; deadlineAt: number },
): Promise<void> {
  const work = async (): Promise<void> => {
    while (!until()) await customer.act(deadlineAt)
  }
  await Promise.all(Array.from({ length: atOnce }, work))
}

export interface BankAudit extends Audit {
  readonly acknowledged: number
  readonly refused: number
  readonly unknown: number
}

/** Reads the state of every customer and compares. */
export async function auditCustomers(customers: readonly Customer[]): Promise<BankAudit> {
  const audits: Audit[] = []
  for (const customer of customers) {
    audits.push(auditStatement(customer, await readStatement(customer.trader)))
  }
  const kinds = customers.flatMap(({ deeds }) => deeds.map(({ outcome }) => outcome.kind))
  const count = (kind: string): number => kinds.filter((other) => other === kind).length
  return {
    lostAcks: audits.flatMap(({ lostAcks }) => lostAcks),
    violations: audits.flatMap(({ violations }) => violations),
    acknowledged: count('acknowledged'),
    refused: count('refused'),
    unknown: count('unknown'),
  }
}

/** Verifies journal, balances and holds over a separate connection. */
export async function verifyStore(endpoint: string): Promise<Verification> {
  const db = connect({ mode: 'embedded', region: 'us-west-2', endpoint })
  try {
    return await verifyWithOrders({ db, now: systemClock }, { ledger: 'ledger', orders: 'orders' })
  } finally {
    db.close()
  }
}

/** The findings of the verifier, as sentences. */
export const complaintsOf = ({ discrepancies, assets }: Verification): string[] => [
  ...discrepancies.map(({ username, kind, message }) => `${username}: ${kind}: ${message}`),
  ...assets.flatMap(({ assetId, isBalanced, owned, issued }) =>
    isBalanced ? [] : [`${assetId}: owned ${owned}, issued ${issued}`],
  ),
]
