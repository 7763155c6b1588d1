import { price } from '@cnop/kit/money'
import { openCandleRecorder } from '@cnop/quotes/recorder'
import { cancelOrder, pick, startLimitWorld } from './limit-world.ts'

let count = 0

const newKey = (): string => `stop-${String(++count).padStart(8, '0')}`

/** The input of a stop order for BTC, with a new key. */
export const stop = (
  side: 'BUY' | 'SELL',
  amount: string,
  stopPrice: string,
  more: object = {},
) => ({ key: newKey(), side, type: 'STOP', assetId: 'BTC', quantity: amount, stopPrice, ...more })

/** A limit and a stop in one order. */
export const oco = (
  side: 'BUY' | 'SELL',
  amount: string,
  prices: {
    readonly limitPrice: string
    readonly stopPrice: string
    readonly stopLimitPrice?: string
  },
  more: object = {},
) => ({ ...stop(side, amount, prices.stopPrice), type: 'OCO', ...prices, ...more })

/** A trailing stop: a distance in dollars, or in basis points. */
export const trailing = (
  side: 'BUY' | 'SELL',
  amount: string,
  distance: string | number,
  more: object = {},
) => ({
  ...{ key: newKey(), side, type: 'TRAILING_STOP', assetId: 'BTC', quantity: amount },
  ...(typeof distance === 'number' ? { trailBasisPoints: distance } : { trailAmount: distance }),
  ...more,
})

export const stopLimit = (
  side: 'BUY' | 'SELL',
  amount: string,
  stopPrice: string,
  limitPrice: string,
  more: object = {},
) => ({ ...stop(side, amount, stopPrice, more), type: 'STOP_LIMIT', limitPrice })

export type StopWorld = Awaited<ReturnType<typeof startStopWorld>>

/** The order subgraph as two processes that trigger stops, with a clock that moves on before each tick. */
export async function startStopWorld(env: Readonly<Record<string, string>> = {}) {
  const world = await startLimitWorld(env)
  const settle = async (): Promise<void> => {
    for (const { stops, matcher } of [world.main, world.second()]) {
      await stops?.settled()
      await matcher?.settled()
    }
  }
  const tick = async (amount: string, facts: object = {}): Promise<void> => {
    world.clock.advance(1_000)
    world.quotes.remove('BTC')
    world.quotes.set('BTC', amount, facts)
    await settle()
  }
  return {
    ...world,
    settle,
    tick,
    now: (): string => new Date(world.clock.now()).toISOString(),
    cancel: async (username: string, id: string) =>
      pick(await world.ask(username, cancelOrder, { id }), 'cancelOrder'),
    /** Records a price of the past without a tick, as another process did. */
    record: async (amount: string, atMs: number): Promise<void> => {
      const { store, log } = world.main.deps
      const recorder = openCandleRecorder({ db: store.db, table: 'quotes', log })
      recorder.record([{ assetId: 'BTC', price: price(amount), dailyVolume: undefined }], atMs)
      await recorder.flush()
    },
    reset: async (): Promise<void> => {
      await world.reset()
      await tick('64000')
      world.forget()
    },
  }
}
