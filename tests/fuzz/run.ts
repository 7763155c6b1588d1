import { setImmediate as nextTurn } from 'node:timers/promises'
import { Agent, type Dispatcher, request } from 'undici'
import { hashOf, seededChance } from '../engine/chance.ts'
import { startWorld } from '../world/world.ts'
import { type Case, makeCase } from './cases.ts'

export interface FuzzResult {
  readonly cases: number
  readonly crashes: number
  readonly status5xx: number
  /** Responses by status. */
  readonly statuses: Readonly<Record<string, number>>
  readonly rssGrowthPercent: number
  /** The first failures, each with the data to reproduce it. */
  readonly failures: readonly {
    readonly index: number
    readonly what: string
    readonly sent: Case
  }[]
}

const concurrency = 16
const mostFailures = 5
/** A slower response counts as a crash. */
const patienceMs = 30_000
/** Without limits, which would hide the code behind them; otherwise the demo configuration. */
const env = {
  RATE_LIMIT_PER_MINUTE: '100000000',
  COST_PER_MINUTE: '100000000000',
  SERVICE_RATE_LIMITS: 'user=100000000,inventory=100000000,order=100000000',
  GATEWAY_FAILED_LOGIN_LIMIT: '100000000',
  TRUSTED_PROXIES: '127.0.0.1',
  STREAMS_AT_ONCE: '1000000',
  STREAMS_PER_ADDRESS: '1000000',
  STREAMS_PER_USER: '1000000',
}

export const raised = Object.keys(env)

/** The body of a response, or the first event of a stream, which has no end. */
async function readAnswer({ headers, body }: Dispatcher.ResponseData): Promise<string> {
  if (!String(headers['content-type']).startsWith('text/event-stream')) return body.text()
  let text = ''
  for await (const chunk of body) {
    text += String(chunk)
    if (text.includes('data:')) break
  }
  return text
}

function readRss(): number {
  globalThis.gc?.()
  return process.memoryUsage().rss
}

/** Sends seeded random input to a whole platform and counts forbidden responses. */
export async function fuzz(cases: number, seed: number): Promise<FuzzResult> {
  const world = await startWorld(env)
  const agent = new Agent({ connections: concurrency, headersTimeout: patienceMs })
  const statuses: Record<string, number> = {}
  const failures: { index: number; what: string; sent: Case }[] = []
  let [next, crashes, status5xx] = [0, 0, 0]
  let warmRss = 0
  const fail = (index: number, what: string, sent: Case): void => {
    if (failures.length < mostFailures) failures.push({ index, what, sent })
  }
  const tryOne = async (index: number): Promise<void> => {
    const sent = makeCase(seededChance(hashOf(seed, index)))
    try {
      const { path, method, headers, body } = sent
      const answer = await request(`${world.origin}${path}`, {
        method: method as 'POST',
        headers,
        body,
        dispatcher: agent,
      })
      const text = await readAnswer(answer)
      statuses[answer.statusCode] = (statuses[answer.statusCode] ?? 0) + 1
      if (answer.statusCode < 500 && !text.includes('"code":"INTERNAL"')) return
      status5xx += 1
      fail(index, `${answer.statusCode} ${text.slice(0, 300)}`, sent)
    } catch (error) {
      crashes += 1
      fail(index, String(error), sent)
    }
  }
  const work = async (): Promise<void> => {
    while (next < cases) {
      const index = next
      next += 1
      if (index === Math.floor(cases * 0.4)) warmRss = readRss()
      await tryOne(index)
      if (index % 1_000 === 0) await nextTurn()
    }
  }
  try {
    await Promise.all(Array.from({ length: concurrency }, work))
    const alive = await world.stranger.ask('{ market { feed } }')
    if (alive.status !== 200) crashes += 1
  } finally {
    await agent.close()
  }
  const rssGrowthPercent = Math.round((readRss() / warmRss - 1) * 1000) / 10
  await world.stop()
  return { cases, crashes, status5xx, statuses, rssGrowthPercent, failures }
}
