import { setMaxListeners } from 'node:events'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { request } from 'undici'
import { createClient } from '../world/client.ts'
import { createTrader, type Trader } from '../world/trader.ts'

/** One request of the load. */
export interface Sample {
  readonly startedAt: number
  readonly name: string
  readonly ms: number
  /** Why it failed. */
  readonly failure?: string
}

export interface Load {
  readonly samples: readonly Sample[]
  readonly traders: readonly Trader[]
  /** Keys of orders, by trader. Each must have been filled once. */
  readonly keys: ReadonlyMap<Trader, readonly string[]>
  stop(): Promise<void>
}

interface Act {
  readonly name: string
  readonly share: number
  readonly run: (
    trader: Trader,
    key: string,
  ) => Promise<{ status: number; codes: readonly string[] }>
}

const portfolio = `{ me { username portfolio { cash { available } holdings { assetId quantity }
  recentOrders(first: 5) { nodes { status } } redPocket { claimedToday } } } }`

const acts: readonly Act[] = [
  { name: 'portfolio', share: 0.45, run: (trader) => trader.ask(portfolio) },
  {
    name: 'market',
    share: 0.25,
    run: (trader) => trader.ask('{ assets(first: 20) { nodes { id name quote { price } } } }'),
  },
  { name: 'order', share: 0.2, run: (trader, key) => trader.buys('0.0001', 'BTC', key) },
  { name: 'deposit', share: 0.1, run: (trader, key) => trader.deposits('1.00', key) },
]

/** The acts in turn, in proportion to their shares. */
function chooseAct(count: number): Act {
  const place = (count * 0.618_034) % 1
  let sum = 0
  return acts.find(({ share }) => (sum += share) > place) ?? acts[0]!
}

const slowestMs = 25_000

async function measure(act: Act, trader: Trader, key: string): Promise<Sample> {
  const startedAt = performance.now()
  const done = (failure?: string): Sample => ({
    ...{ startedAt, name: act.name, ms: performance.now() - startedAt },
    ...(failure !== undefined && { failure }),
  })
  try {
    const late = delay(slowestMs, undefined, { ref: false })
    const answer = await Promise.race([act.run(trader, key), late])
    if (!answer) return done('no answer')
    const { status, codes } = answer
    return status === 200 && codes.length === 0 ? done() : done(`${status} ${codes.join()}`)
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } }
    return done(cause?.code ?? String(error))
  }
}

/** Sends requests at a constant rate, whatever becomes of the earlier ones. */
export async function startLoad(
  origin: string,
  { perSecond, people }: { perSecond: number; people: number },
): Promise<Load> {
  const stranger = createClient(origin)
  const traders: Trader[] = []
  for (let count = 0; count < people; count++) {
    const trader = await createTrader(stranger)
    await trader.deposits('90000.00')
    traders.push(trader)
  }
  const samples: Sample[] = []
  const keys = new Map<Trader, string[]>(traders.map((trader) => [trader, []]))
  const pending = new Set<Promise<void>>()
  const stopping = new AbortController()
  const startedAt = performance.now()
  const running = (async () => {
    for (let count = 0; !stopping.signal.aborted; count++) {
      await delay(Math.max(0, startedAt + (count * 1_000) / perSecond - performance.now()))
      const act = chooseAct(count)
      const trader = traders[count % traders.length]!
      const key = `drill-${String(count).padStart(10, '0')}`
      if (act.name === 'order') keys.get(trader)?.push(key)
      const sent = measure(act, trader, key).then((sample) => {
        samples.push(sample)
        pending.delete(sent)
      })
      pending.add(sent)
    }
  })()
  return {
    samples,
    traders,
    keys,
    stop: async () => {
      stopping.abort()
      await running
      await Promise.all(pending)
    },
  }
}

export interface Streams {
  readonly opened: () => number
  /** Streams that have received nothing since a moment, although they reconnect. */
  lost(since: number): Promise<number>
  stop(): Promise<void>
}

const subscription = 'subscription { prices(ids: ["BTC", "ETH"]) { sequence prices { price } } }'
const ownSubscription = 'subscription { balanceChanged { sequence cash { available } } }'
/** Heartbeats come every second. */
const silenceMs = 4_000
const reconnectMs = 200
const patienceMs = 15_000

/** Follows streams as the dashboard does: one that ends, or is silent, is opened again. */
export function followStreams(origin: string, traders: readonly Trader[], count: number): Streams {
  const stopping = new AbortController()
  setMaxListeners(0, stopping.signal)
  const lastAt = Array.from({ length: count }, () => -Infinity)
  let opened = 0

  async function followOnce(index: number): Promise<void> {
    const trader = traders[index % traders.length]!
    const silence = new AbortController()
    const stop = (): void => silence.abort()
    let timer = setTimeout(stop, silenceMs)
    stopping.signal.addEventListener('abort', stop, { once: true })
    try {
      const { statusCode, body } = await request(`${origin}/stream`, {
        method: 'POST',
        signal: silence.signal,
        headers: {
          accept: 'text/event-stream',
          'content-type': 'application/json',
          authorization: `Bearer ${trader.token}`,
        },
        body: JSON.stringify({ query: index % 2 === 0 ? subscription : ownSubscription }),
      })
      if (statusCode === 200) opened += 1
      for await (const chunk of body as AsyncIterable<Buffer>) {
        clearTimeout(timer)
        timer = setTimeout(stop, silenceMs)
        const isAlive = statusCode === 200 && !chunk.toString('utf8').includes('"errors"')
        if (isAlive) lastAt[index] = performance.now()
      }
    } finally {
      clearTimeout(timer)
      stopping.signal.removeEventListener('abort', stop)
    }
  }

  async function follow(index: number): Promise<void> {
    while (!stopping.signal.aborted) {
      await followOnce(index).catch(() => undefined)
      await delay(reconnectMs)
    }
  }

  const following = Promise.all(lastAt.map((_at, index) => follow(index)))
  const silent = (since: number): number => lastAt.filter((at) => at < since).length
  return {
    opened: () => opened,
    lost: async (since) => {
      const deadline = performance.now() + patienceMs
      while (silent(since) > 0 && performance.now() < deadline) await delay(100)
      return silent(since)
    },
    stop: async () => {
      stopping.abort()
      await following
    },
  }
}
