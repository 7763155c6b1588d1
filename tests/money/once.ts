import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { startEmbedded } from '@cnop/kit/embedded'
import { createLog } from '@cnop/kit/log'
import { print, readCommit, readNumber } from '../report.ts'
import { type Client, createClient } from '../world/client.ts'
import type { Trader } from '../world/trader.ts'
import { startWorld } from '../world/world.ts'
import { readStatement } from './audit.ts'
import { complaintsOf, crowdEnvironment, verifyStore } from './bank.ts'
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts'
import { type Outcome, settle } from './settle.ts'

export interface OnceOptions {
  readonly keys: number
  readonly copies: number
  readonly seed: number
  readonly dropShare: number
  readonly print: (line: string) => void
}

export interface OnceResult {
  readonly keys: number
  readonly copies: number
  /** The number of orders at the end. */
  readonly orders: number
  /** Copies with another response than the first one, and the findings of the verifier. */
  readonly mismatches: number
  readonly droppedReplies: number
}

interface Placed {
  readonly placeOrder: { readonly order: { readonly id: string; readonly total: string } }
}

const placeOrder = /* GraphQL */ `
  mutation ($input: PlaceOrderInput!) {
    placeOrder(input: $input) {
      order {
        id
        total
      }
    }
  }
`

const patienceMs = 120_000
const keysAtOnce = 12

/** Sends this many copies of every key's order at the same time. Returns the response to each. */
async function sendCopies(
  traders: readonly Client[],
  keys: number,
  copies: number,
): Promise<Map<string, string[]>> {
  const answers = new Map<string, string[]>()
  let next = 0
  const sendKey = async (place: number): Promise<void> => {
    const trader = traders[place % traders.length]
    if (!trader) return
    const key = `once-${String(place).padStart(8, '0')}`
    const input = { key, side: 'BUY', type: 'MARKET', assetId: 'DOGE', quantity: '20' }
    const deadlineAt = performance.now() + patienceMs
    const outcomes = await Promise.all(
      Array.from({ length: copies }, () =>
        settle<Placed>(() => trader.ask<Placed>(placeOrder, { input }), deadlineAt),
      ),
    )
    answers.set(key, outcomes.map(say))
  }
  const work = async (): Promise<void> => {
    while (next < keys) await sendKey(next++)
  }
  await Promise.all(Array.from({ length: keysAtOnce }, work))
  return answers
}

function say(outcome: Outcome<Placed>): string {
  if (outcome.kind !== 'acknowledged') return JSON.stringify(outcome)
  const { id, total } = outcome.data.placeOrder.order
  return `${id} for ${total}`
}

interface Round {
  readonly answers: ReadonlyMap<string, readonly string[]>
  readonly orders: number
}

const traderCount = 10

/** The same keys before and after a restart of platform and store, with lost replies throughout. */
async function runRounds(
  env: Record<string, string>,
  proxy: FaultProxy,
  { keys, copies, dropShare }: OnceOptions,
  restartStore: () => void,
): Promise<readonly [Round, Round]> {
  const before = Math.ceil(copies / 2)
  const first = await startWorld(env)
  const traders: Trader[] = []
  for (let opened = 0; opened < traderCount; opened += 1) {
    traders.push(await first.trader({ cash: '9000.00' }))
  }
  proxy.dropReplies(dropShare)
  const answersBefore = await sendCopies(traders, keys, before)
  proxy.dropReplies(0)
  const ordersBefore = await countOrders(traders)
  await first.stop()
  restartStore()
  const second = await startWorld(env)
  try {
    const again = traders.map((trader) => ({
      ...trader,
      ...createClient(second.origin, trader.token),
    }))
    proxy.dropReplies(dropShare)
    const answersAfter = await sendCopies(again, keys, copies - before)
    proxy.dropReplies(0)
    return [
      { answers: answersBefore, orders: ordersBefore },
      { answers: answersAfter, orders: await countOrders(again) },
    ]
  } finally {
    await second.stop()
  }
}

async function countOrders(traders: readonly Trader[]): Promise<number> {
  const statements = await Promise.all(traders.map(readStatement))
  return statements.reduce((sum, { orders }) => sum + orders.length, 0)
}

function findMismatches(rounds: readonly [Round, Round], keys: number): string[] {
  const [first, second] = rounds
  const different = [...first.answers].flatMap(([key, answers]) => {
    const all = [...answers, ...(second.answers.get(key) ?? [])]
    const isSame = all.every((words) => words === all[0] && words.startsWith('ord_'))
    return isSame ? [] : [`${key}: ${[...new Set(all)].join(' | ')}`]
  })
  const counts = rounds.flatMap(({ orders }, place) =>
    orders === keys ? [] : [`round ${place + 1} ended with ${orders} orders`],
  )
  return [...different, ...counts]
}

/** Every key becomes one order, for any number of copies and any failure meanwhile. */
export async function runOnce(options: OnceOptions): Promise<OnceResult> {
  const directory = mkdtempSync(join(tmpdir(), 'cnop-once-'))
  const log = createLog('once', { level: 'silent', filePath: undefined })
  const engine = await startEmbedded({ directory: join(directory, 'store'), log })
  const proxy = await startFaultProxy(engine.endpoint, options.seed)
  const env = {
    ...crowdEnvironment,
    STORE: 'endpoint',
    DYNAMODB_ENDPOINT: proxy.endpoint,
    DATA_DIRECTORY: directory,
  }
  try {
    const killStore = (): void => void process.kill(engine.pid, 'SIGKILL')
    const rounds = await runRounds(env, proxy, options, killStore)
    const wrong = [
      ...findMismatches(rounds, options.keys),
      ...complaintsOf(await verifyStore(engine.endpoint)),
    ]
    for (const line of wrong) options.print(line)
    const { keys, copies } = options
    const mismatches = wrong.length
    return { keys, copies, orders: rounds[1].orders, mismatches, droppedReplies: proxy.dropped }
  } finally {
    await proxy.stop()
    await engine.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

async function main(): Promise<void> {
  const options = {
    keys: { type: 'string' },
    copies: { type: 'string' },
    seed: { type: 'string' },
  } as const
  const { values } = parseArgs({ options })
  const seed = readNumber('seed', values.seed, 1)
  const result = await runOnce({
    keys: readNumber('keys', values.keys, 1_000),
    copies: readNumber('copies', values.copies, 5),
    seed,
    dropShare: 0.05,
    print,
  })
  print(JSON.stringify({ ...result, seed, commit: readCommit() }))
  process.exitCode = result.mismatches === 0 && result.orders === result.keys ? 0 : 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
