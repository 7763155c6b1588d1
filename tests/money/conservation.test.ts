import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedEngine, startEmbedded } from '@cnop/kit/embedded'
import { createLog } from '@cnop/kit/log'
import { divide, notionalDivisor, parsePrice, parseQuantity, parseUsd } from '@cnop/kit/money'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { startWorld, type World } from '../world/world.ts'
import { type ListedEntry, readStatement } from './audit.ts'
import {
  auditCustomers,
  bankEnvironment,
  complaintsOf,
  openCustomers,
  verifyStore,
} from './bank.ts'
import { type Customer, isOpen } from './customer.ts'
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts'
import { settle } from './settle.ts'

const seed = 20_260_105
const patienceMs = 90_000

const directory = mkdtempSync(join(tmpdir(), 'cnop-conservation-'))
let engine: EmbeddedEngine
let proxy: FaultProxy
let world: World
let customers: readonly Customer[]

beforeAll(async () => {
  const log = createLog('test', { level: 'silent', filePath: undefined })
  engine = await startEmbedded({ directory: join(directory, 'store'), log })
  proxy = await startFaultProxy(engine.endpoint, seed)
  world = await startWorld({
    ...bankEnvironment,
    STORE: 'endpoint',
    DYNAMODB_ENDPOINT: proxy.endpoint,
  })
  customers = await openCustomers(world.stranger, { count: 3, seed })
})

afterAll(async () => {
  await world.stop()
  await proxy.stop()
  await engine.stop()
  rmSync(directory, { recursive: true, force: true })
})

/** Each user sends this many commands, three at a time, while the store crashes occasionally. */
async function walk(steps: number, killEvery: number): Promise<void> {
  const deadlineAt = performance.now() + patienceMs
  let taken = 0
  const work = async (customer: Customer): Promise<void> => {
    while (taken < steps) {
      taken += 1
      if (taken % killEvery === 0) process.kill(engine.pid, 'SIGKILL')
      await customer.act(deadlineAt)
    }
  }
  await Promise.all(
    customers.flatMap((customer) => [work(customer), work(customer), work(customer)]),
  )
}

const cancelMutation =
  'mutation ($input: CancelOrderInput!) { cancelOrder(input: $input) { order { id } } }'

async function cancelAll({ trader }: Customer): Promise<void> {
  const { orders } = await readStatement(trader)
  for (const { id } of orders.filter(isOpen)) {
    const send = () => trader.ask(cancelMutation, { input: { orderId: id } })
    await settle(send, performance.now() + patienceMs)
  }
}

/** The change of cash by all entries; trades count with their prices and quantities instead of their amounts. */
function recompute(entries: readonly ListedEntry[]): bigint {
  const traded = new Map<string, bigint>()
  let cash = 0n
  for (const entry of entries) {
    if (entry.kind === 'BUY' || entry.kind === 'SELL') {
      const id = `${entry.kind} ${String(entry.orderId)}`
      traded.set(id, (traded.get(id) ?? 0n) + valueOf(entry))
      cash -= parseUsd(entry.fee ?? '0')
    } else if (!['HOLD', 'RELEASE', 'REPLACE'].includes(entry.kind)) {
      cash += parseUsd(entry.cashChange)
    }
  }
  // Rounded once for each order, in however many parts it has filled.
  for (const [id, value] of traded) {
    const isBuy = id.startsWith('BUY')
    const cents = divide(value, notionalDivisor, isBuy ? 'up' : 'down')
    cash += isBuy ? -cents : cents
  }
  return cash
}

/** In price units times quantity units. */
const valueOf = ({ price, quantityChange }: ListedEntry): bigint =>
  parsePrice(price ?? '0') * parseQuantity((quantityChange ?? '0').replace('-', ''))

describe('concurrent traders on a store that crashes and loses replies', () => {
  it('keep every promise and every cent', async () => {
    proxy.dropReplies(0.05)
    await walk(140, 50)
    proxy.dropReplies(0)
    const audit = await auditCustomers(customers)
    expect([...audit.lostAcks, ...audit.violations]).toEqual([])
    expect(audit.unknown).toBe(0)
    expect(audit.acknowledged).toBeGreaterThan(40)
    expect(proxy.dropped).toBeGreaterThan(5)
    expect(complaintsOf(await verifyStore(engine.endpoint))).toEqual([])
  })

  it('hold, with the fees, exactly the deposits and the proceeds of their trades', async () => {
    for (const customer of customers) await cancelAll(customer)
    for (const { trader } of customers) {
      const { entries, cash } = await readStatement(trader)
      expect(recompute(entries)).toBe(cash)
      const { data } = await trader.ask<Held>(heldQuery)
      expect(data?.me.portfolio.cash.held).toBe('0.00')
      expect(data?.me.portfolio.holdings.every(({ held }) => held === '0')).toBe(true)
    }
    expect(complaintsOf(await verifyStore(engine.endpoint))).toEqual([])
  })
})

const heldQuery = '{ me { portfolio { cash { held } holdings { held } } } }'

interface Held {
  readonly me: {
    readonly portfolio: {
      readonly cash: { readonly held: string }
      readonly holdings: readonly { readonly held: string }[]
    }
  }
}
