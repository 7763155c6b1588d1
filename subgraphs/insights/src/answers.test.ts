import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { type FakeGemini, startFakeGemini } from './testing/fake-gemini.ts'
import {
  type InsightsWorld,
  sampleText,
  startInsightsWorld,
  type WorldOptions,
} from './testing/insights-world.ts'

let gemini: FakeGemini
const worlds: InsightsWorld[] = []

async function start(options: WorldOptions = { gemini }): Promise<InsightsWorld> {
  const world = await startInsightsWorld(options)
  worlds.push(world)
  return world
}

/** The series of the metric that a scrape would find, by engine, reason and cache. */
async function scrape({ subgraph }: InsightsWorld): Promise<Record<string, number>> {
  const text = await subgraph.metrics.registry.metrics()
  const series = text.matchAll(
    /^insights_answers_total\{engine="(\w+)",degraded_reason="(\w+)",cache="(\w+)"\} (\d+)$/gm,
  )
  return Object.fromEntries(
    [...series].map(([, engine, reason, cache, count]) => [
      `${engine} ${reason} ${cache}`,
      Number(count),
    ]),
  )
}

beforeEach(async () => {
  gemini = await startFakeGemini()
  gemini.answer({ text: sampleText })
})

afterEach(async () => {
  await Promise.all(worlds.splice(0).map(({ subgraph }) => subgraph.close()))
  await gemini.close()
})

it('counts insights by engine, by degraded reason, and by cache', async () => {
  const world = await start()
  await world.ask()
  await world.ask()
  gemini.answer({ status: 429 })
  await world.ask({ refresh: true })
  gemini.answer({ status: 403 })
  await world.ask({ username: 'bob_2' })
  expect(await scrape(world)).toEqual({
    'GEMINI NONE miss': 1,
    'GEMINI NONE hit': 1,
    'RULES INSIGHTS_RATE_LIMITED miss': 1,
    'RULES INSIGHTS_UNAVAILABLE miss': 1,
  })
})

it('counts a late text separately from a failed one', async () => {
  const world = await start({ gemini, env: { INSIGHTS_ANSWER_MS: '5' } })
  gemini.answer({ text: sampleText, heldUntil: new Promise<never>(() => undefined) })
  await world.ask()
  expect(await scrape(world)).toEqual({ 'RULES PENDING miss': 1 })
})

it('counts insights without a text of the model, and those of the rules when no model is configured', async () => {
  const strict = await start({ gemini, env: { INSIGHTS_FALLBACK: 'false' } })
  gemini.answer({ status: 403 })
  await strict.ask()
  expect(await scrape(strict)).toEqual({ 'NONE INSIGHTS_UNAVAILABLE miss': 1 })
  const plain = await start({})
  await plain.ask()
  expect(await scrape(plain)).toEqual({ 'RULES NONE miss': 1 })
})
