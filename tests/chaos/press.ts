import { performance } from 'node:perf_hooks'
import { type Client, createClient } from '../world/client.ts'
import { createTrader } from '../world/trader.ts'

/** The operations of one user that cost the services most. */
const buttons: readonly string[] = [
  ...['DAY', 'WEEK', 'MONTH', 'YEAR', 'MAX'].map(
    (range) => `{ me { portfolio { history(range: ${range}) { total } } } }`,
  ),
  '{ me { portfolio { dayChange { amount } holdings { dayChange { amount } } } } }',
  '{ me { portfolio { activity(first: 100, kinds: [RED_POCKET]) { nodes { id } } } } }',
  '{ me { portfolio { activity(first: 100, kinds: [SELL], assetId: "BTC") { nodes { id } } } } }',
  '{ me { portfolio { activity(first: 100, from: "2026-01-01T00:00:00Z") { nodes { id } } } } }',
  '{ me { portfolio { insight(refresh: true) { summary } } } }',
]

interface Pressed {
  /** Operations of the large user, and how many had an error. */
  readonly heavy: number
  readonly heavyFailed: number
  readonly strangers: number
  readonly strangersFailed: number
  readonly strangersFailures: readonly string[]
  readonly breakersOpened: readonly string[]
}

/** Repeats a task until the time is up. */
async function keepOn(endAt: number, task: (round: number) => Promise<void>): Promise<void> {
  for (let round = 0; performance.now() < endAt; round += 1) await task(round)
}

/** The actions of a stranger: sign-up, sign-in, deposit, trade and reads. */
async function actAsStranger(origin: string): Promise<void> {
  const stranger = await createTrader(createClient(origin))
  const { errors } = await stranger.deposits('1000.00')
  const { errors: refused } = await stranger.buys('0.001', 'BTC')
  const seen = await stranger.ask('{ me { portfolio { cash { available } totalValue } } }')
  const [error] = [...errors, ...refused, ...seen.errors]
  if (error) throw new Error(JSON.stringify(error))
}

async function openBreakers(origin: string): Promise<readonly string[]> {
  const answer = await fetch(`${origin}/system/breakers`)
  const { breakers } = (await answer.json()) as { breakers: { subgraph: string; state: string }[] }
  return breakers.filter(({ state }) => state !== 'closed').map(({ subgraph }) => subgraph)
}

/** A user with many entries requests every heavy field, six at a time, while strangers use the platform. */
export async function pressHeavyButtons(large: Client, seconds: number): Promise<Pressed> {
  const { origin } = large
  // The circuit to the subgraph that failed last may still be half open.
  const before = await openBreakers(origin)
  const endAt = performance.now() + seconds * 1_000
  let [heavy, heavyFailed, strangers] = [0, 0, 0]
  const failures: string[] = []
  const opened = new Set<string>()
  const press = async (round: number): Promise<void> => {
    const { errors } = await large.ask(buttons[round % buttons.length]!)
    heavy += 1
    if (errors.length > 0) heavyFailed += 1
  }
  const act = async (): Promise<void> => {
    strangers += 1
    await actAsStranger(origin).catch((error: unknown) => failures.push(String(error)))
    for (const name of await openBreakers(origin)) opened.add(name)
  }
  await Promise.all([
    ...Array.from({ length: 6 }, (_one, place) => keepOn(endAt, (round) => press(round + place))),
    // One at a time: concurrent sign-ups from one address would wait for each other's password hashes.
    keepOn(endAt, act),
  ])
  return {
    heavy,
    heavyFailed,
    strangers,
    strangersFailed: failures.length,
    strangersFailures: failures.slice(0, 5),
    breakersOpened: [...opened].filter((name) => !before.includes(name)),
  }
}
