import { parseQuantity, parseUsd } from '@cnop/kit/money'
import type { Trader } from '../world/trader.ts'
import { type Customer, type Deed, isOpen, type PlacedOrder } from './customer.ts'

export interface ListedEntry {
  readonly id: string
  readonly sequence: number
  readonly kind: string
  readonly cashChange: string
  readonly quantityChange: string | null
  readonly price: string | null
  readonly fee: string | null
  readonly orderId: string | null
}

export interface ListedOrder {
  readonly id: string
  readonly status: string
  readonly quantity: string
  readonly total: string | null
  /** The buy whose fill opened it: no command of its own explains it. */
  readonly entryOrderId: string | null
}

interface Page<Node> {
  readonly nodes: readonly Node[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

interface Pages {
  readonly me: {
    readonly orders: Page<ListedOrder>
    readonly portfolio: { readonly activity: Page<ListedEntry> }
  }
}

const activityQuery = `query ($after: String) { me { portfolio { activity(first: 100, after: $after) {
  nodes { id sequence kind cashChange quantityChange price fee orderId } pageInfo { hasNextPage endCursor } } } } }`
const ordersQuery = `query ($after: String) { me { orders(first: 100, after: $after) {
  nodes { id status quantity total entryOrderId } pageInfo { hasNextPage endCursor } } } }`

async function readPages<Node>(
  trader: Trader,
  query: string,
  pick: (data: Pages) => Page<Node>,
): Promise<Node[]> {
  const nodes: Node[] = []
  let after: string | null = null
  do {
    const { data, errors } = await trader.ask<Pages>(query, { after })
    if (!data || errors.length > 0) throw new Error(`A list broke: ${JSON.stringify(errors)}`)
    const page = pick(data)
    nodes.push(...page.nodes)
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null
  } while (after !== null)
  return nodes
}

/** The state of one customer at one moment, read over the public API. */
export interface Statement {
  readonly entries: readonly ListedEntry[]
  readonly orders: readonly ListedOrder[]
  readonly cash: bigint
}

const cashQuery = '{ me { portfolio { cash { posted } } } }'

const mostReads = 50

/** Waiting orders go on to fill in parts, so that a statement in which an entry was added meanwhile is read again. */
export async function readStatement(trader: Trader): Promise<Statement> {
  for (let reads = 0; reads < mostReads; reads += 1) {
    const statement = await readOnce(trader)
    const { data } = await trader.ask<Pages>(activityQuery, { after: null })
    const [newest] = data?.me.portfolio.activity.nodes ?? []
    if (newest?.id === statement.entries[0]?.id) return statement
  }
  throw new Error('The journal did not rest long enough to be read.')
}

async function readOnce(trader: Trader): Promise<Statement> {
  const entries = await readPages(trader, activityQuery, ({ me }) => me.portfolio.activity)
  const orders = await readPages(trader, ordersQuery, ({ me }) => me.orders)
  const { data } = await trader.ask<{ me: { portfolio: { cash: { posted: string } } } }>(cashQuery)
  if (!data) throw new Error('The balance could not be read.')
  return { entries, orders, cash: parseUsd(data.me.portfolio.cash.posted) }
}

export interface Audit {
  /** Broken promises, as sentences. */
  readonly lostAcks: readonly string[]
  /** Movements without a command, or sums that do not add up. */
  readonly violations: readonly string[]
}

/** Compares the responses that a customer received with the current state. */
export function auditStatement({ trader, deeds }: Customer, statement: Statement): Audit {
  const who = trader.username
  const lostAcks = deeds.flatMap((deed) =>
    brokenPromise(deed, statement).map((what) => `${who}: ${what}`),
  )
  const violations = [...checkSums(statement), ...checkTraces(deeds, statement)]
  return { lostAcks, violations: violations.map((what) => `${who}: ${what}`) }
}

function brokenPromise({ intent, outcome }: Deed, statement: Statement): string[] {
  if (outcome.kind !== 'acknowledged') return []
  const { entryId, order } = outcome.data
  if (intent.kind === 'claim') return missingClaim(statement)
  if (entryId !== undefined) {
    return brokenMovement(entryId, 'amount' in intent ? intent.amount : '', statement)
  }
  return order ? brokenOrder(order, statement) : ['a response promised nothing']
}

function missingClaim({ entries }: Statement): string[] {
  const isThere = entries.some(({ kind }) => kind === 'RED_POCKET')
  return isThere ? [] : ['a claim that was acknowledged is not in the journal']
}

function brokenMovement(entryId: string, amount: string, { entries }: Statement): string[] {
  const found = entries.find(({ id }) => id === entryId)
  if (!found) return [`entry ${entryId} was acknowledged and is not in the journal`]
  const moved = found.cashChange.replace('-', '')
  return moved === amount ? [] : [`entry ${entryId} moved ${moved} instead of ${amount}`]
}

/** A waiting order may have changed; a final one must be unchanged. */
function brokenOrder(order: PlacedOrder, { orders }: Statement): string[] {
  const found = orders.find(({ id }) => id === order.id)
  if (!found) return [`order ${order.id} was acknowledged and is not listed`]
  const isKept = isOpen(order) || (found.status === order.status && found.total === order.total)
  const isSame = found.quantity === order.quantity
  return isSame && isKept ? [] : [`order ${order.id} was ${order.status} and is ${found.status}`]
}

function checkSums({ entries, cash }: Statement): string[] {
  const found: string[] = []
  const sum = entries.reduce((total, { cashChange }) => total + parseUsd(cashChange), 0n)
  if (sum !== cash) found.push(`the journal adds up to ${sum}, the balance is ${cash}`)
  const isGapless = entries.every(({ sequence }, place) => sequence === entries.length - place)
  if (!isGapless) found.push('the journal has a gap')
  return found
}

const traceOfOrder = (quantity: string): string => `order of ${quantity.replace(/0+$/, '')}`
const traceOfCash = (kind: string, amount: string): string =>
  `${kind} of ${amount.replace('-', '')}`

/** Every movement or order belongs to one command; a refused command has none, and no command has two. */
function checkTraces(deeds: readonly Deed[], { entries, orders }: Statement): string[] {
  const traces = [
    ...orders
      .filter(({ entryOrderId }) => entryOrderId === null)
      .map(({ quantity }) => traceOfOrder(quantity)),
    ...entries.flatMap(({ kind, cashChange }) =>
      kind === 'DEPOSIT' || kind === 'WITHDRAWAL' ? [traceOfCash(kind, cashChange)] : [],
    ),
  ]
  const allowed = new Map<string, Deed>()
  for (const deed of deeds) {
    const trace = traceOf(deed)
    if (trace !== undefined) allowed.set(trace, deed)
  }
  const twice = traces.filter((trace, place) => traces.indexOf(trace) !== place)
  const unasked = traces.filter((trace) => allowed.get(trace)?.outcome.kind === 'refused')
  const foreign = traces.filter((trace) => !allowed.has(trace))
  const claims = entries.filter(({ kind }) => kind === 'RED_POCKET').length
  return [
    ...twice.map((trace) => `${trace} happened twice`),
    ...unasked.map((trace) => `${trace} was refused and happened`),
    ...foreign.map((trace) => `no command explains the ${trace}`),
    ...overfilled(entries, orders).map((id) => `order ${id} was filled beyond its quantity`),
    ...(claims > 1 ? [`${claims} red pockets in one day`] : []),
  ]
}

/** The orders of which more has filled, in all parts, than they are of. */
function overfilled(entries: readonly ListedEntry[], orders: readonly ListedOrder[]): string[] {
  const filled = new Map<string, bigint>()
  for (const { kind, orderId, quantityChange } of entries) {
    if ((kind !== 'BUY' && kind !== 'SELL') || orderId === null) continue
    const part = parseQuantity((quantityChange ?? '0').replace('-', ''))
    filled.set(orderId, (filled.get(orderId) ?? 0n) + part)
  }
  const quantities = new Map(orders.map(({ id, quantity }) => [id, parseQuantity(quantity)]))
  return [...filled].flatMap(([id, sum]) => (sum > (quantities.get(id) ?? 0n) ? id : []))
}

function traceOf({ intent }: Deed): string | undefined {
  if (intent.kind === 'order') return traceOfOrder(intent.input.quantity)
  if (intent.kind === 'replace') return traceOfOrder(intent.quantity)
  if (intent.kind === 'deposit') return traceOfCash('DEPOSIT', intent.amount)
  if (intent.kind === 'withdraw') return traceOfCash('WITHDRAWAL', intent.amount)
  return undefined
}
