import { DomainError } from '@cnop/kit/errors'
import { addUsd, type Price } from '@cnop/kit/money'
import { buyOpening, importOrders, type LegacyOrder } from '@cnop/order/operator'
import {
  beginImport,
  findImported,
  finishImport,
  openingTime,
  payInOpening,
} from '@cnop/user/operator'
import { type Costs, createCosts } from './costs.ts'
import { type Accepted, judge, type Person, refusePerson, type Verdict } from './judge.ts'
import {
  type Fractions,
  type LegacyRow,
  readMovement,
  readOrder,
  readTrade,
  RowRefused,
} from './legacy-row.ts'
import type { Report } from './report.ts'
import type { SortOptions } from './sort-rows.ts'

export interface ImportPlace {
  readonly users: Parameters<typeof beginImport>[0]
  readonly orders: Parameters<typeof buyOpening>[0]
  /** The price of every asset that this platform has. */
  readonly prices: ReadonlyMap<string, Price>
}

export interface ImportOptions {
  readonly directory: string
  readonly isDryRun: boolean
  readonly fractions: Fractions
  readonly sorting?: SortOptions
}

interface Parts {
  readonly place: ImportPlace
  readonly options: ImportOptions
  readonly losers: ReadonlySet<string>
  readonly report: Report
}

/** The import of one user, whose rows come in the order of `rowKinds`. */
export interface PersonImport extends Parts {
  readonly person: Person
  readonly costs: Costs
  /** Made when all rows are there that say who the user is and what is owned. */
  verdict: Verdict | undefined
  isOpen: boolean
  orders: LegacyOrder[]
}

export const startPerson = (username: string, parts: Parts): PersonImport => ({
  ...parts,
  person: { username, users: [], balances: [], holdings: [] },
  costs: createCosts(),
  verdict: undefined,
  isOpen: false,
  orders: [],
})

export async function takeRow(state: PersonImport, row: LegacyRow): Promise<void> {
  const { users, balances, holdings } = state.person
  if (row.kind === 'user') users.push(row)
  else if (row.kind === 'balance') balances.push(row)
  else if (row.kind === 'holding') holdings.push(row)
  else {
    try {
      await takeHistory(state, row, await settle(state))
    } catch (error) {
      if (!(error instanceof RowRefused)) throw error
      state.report.refuse(row, error.reason, error.message)
    }
  }
}

export async function finishPerson(state: PersonImport): Promise<void> {
  const verdict = await settle(state)
  if (verdict.kind !== 'new') return
  await open(state, verdict)
  await flush(state)
  if (!state.options.isDryRun)
    await finishImport(state.place.users, verdict.user, verdict.passwordHash)
}

const settle = async (state: PersonImport): Promise<Verdict> =>
  (state.verdict ??= await decide(state))

async function decide({ person, place, options, losers, report }: PersonImport): Promise<Verdict> {
  const rules = { ...options, ...place, losers, nowMs: place.users.now() }
  const found = judge(person, rules, report)
  if (found.kind !== 'new') return found
  try {
    const isThere = await findImported(place.users, found.user)
    const outcome = isThere ? 'alreadyThere' : 'taken'
    for (const row of [...person.users.slice(0, 1), ...found.rows]) report.count(row.kind, outcome)
    return isThere ? { kind: 'there' } : found
  } catch (error) {
    const reason = error instanceof DomainError ? duplicates[error.code] : undefined
    if (!reason) throw error
    return refusePerson(person, { reason, why: (error as DomainError).message }, report)
  }
}

const duplicates: Readonly<Record<string, 'DUPLICATE_EMAIL' | 'DUPLICATE_USERNAME'>> = {
  EMAIL_TAKEN: 'DUPLICATE_EMAIL',
  USERNAME_TAKEN: 'DUPLICATE_USERNAME',
}

/** Writes the account and its opening entries, once everything that they depend on was read. */
async function open(
  state: PersonImport,
  { user, cash, lastChangeMs, ...owned }: Accepted,
): Promise<void> {
  if (state.isOpen) return
  state.isOpen = true
  const { place, costs, options, report } = state
  const { username } = user
  const at = openingTime(lastChangeMs, place.users.now())
  const note = (what: string): void => {
    report.note(username, what)
  }
  const holdings = owned.holdings.map((holding) => ({
    ...{ ...holding, username, at },
    cost: costs.of(holding, place.prices, note),
  }))
  costs.compare(cash, note)
  if (options.isDryRun) return
  const amount = holdings.reduce((sum, { cost }) => addUsd(sum, cost), cash)
  await beginImport(place.users, user)
  await payInOpening(place.users, username, { amount, at })
  for (const holding of holdings) await buyOpening(place.orders, holding)
}

const ordersPerWrite = 25

async function flush(state: PersonImport): Promise<void> {
  const { orders, place, options } = state
  state.orders = []
  if (orders.length > 0 && !options.isDryRun) await importOrders(place.orders.store, orders)
}

async function takeHistory(state: PersonImport, row: LegacyRow, verdict: Verdict): Promise<void> {
  const { kind, attributes, username } = row
  if (verdict.kind === 'refused') throw new RowRefused(verdict.reason, verdict.why)
  if (kind === 'trade') state.costs.addTrade(readTrade(attributes))
  else if (kind === 'movement') state.costs.addMovement(readMovement(attributes))
  else {
    const order = readOrder(username, attributes)
    if (verdict.kind === 'new') await addOrder(state, verdict, order)
  }
  state.report.count(kind, verdict.kind === 'new' ? 'taken' : 'alreadyThere')
}

async function addOrder(state: PersonImport, verdict: Accepted, order: LegacyOrder): Promise<void> {
  await open(state, verdict)
  state.orders.push(order)
  if (state.orders.length === ordersPerWrite) await flush(state)
}
