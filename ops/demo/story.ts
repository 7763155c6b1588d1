import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { DemoAnswer, DemoClient } from './client.ts'

/** One step of the story: what is said, what is done, and what must be true afterwards. */
export interface Step {
  readonly says: string
  readonly operation: string
  readonly variables: () => Record<string, unknown>
  /** The step is repeated until its check passes, for things that wait for the market; at most this long, in milliseconds. */
  readonly waitMs?: number
  /** Throws, or gives the line that is shown. */
  readonly check: (answer: DemoAnswer) => string
}

/** The user of the story, and what its steps share. */
export interface Story {
  readonly client: DemoClient
  readonly username: string
  readonly password: string
  readonly depositKey: string
  bitcoinPrice: number
  limitOrderId: string
}

export type Chapter = (story: Story) => Step[]

export const newKey = (): string => `demo-${randomBytes(8).toString('hex')}`

/** A story of a new user. */
export function beginStory(client: DemoClient): Story {
  return {
    client,
    username: `demo_${randomBytes(5).toString('hex')}`,
    password: `Lantern-${randomBytes(4).toString('hex')}-A1`,
    depositKey: newKey(),
    bitcoinPrice: 0,
    limitOrderId: '',
  }
}

/** Reads a path such as `me.portfolio.cash.available` out of an answer. */
export function at(data: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, name) => (value as Record<string, unknown> | null | undefined)?.[name],
      data,
    )
}

export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  if (actual !== expected)
    throw new Error(`${what} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`)
}

export function noErrors({ errorCodes }: DemoAnswer): void {
  expectEqual(errorCodes.join(','), '', 'the list of errors')
}

const pollMs = 250

/** Performs a step, again and again when it waits for the market, and gives its last answer and line. */
export async function perform(
  client: DemoClient,
  step: Step,
): Promise<{ answer: DemoAnswer; line: string }> {
  const deadline = performance.now() + (step.waitMs ?? 0)
  for (;;) {
    const answer = await client.run(step.operation, step.variables())
    try {
      return { answer, line: step.check(answer) }
    } catch (error) {
      if (performance.now() >= deadline) throw error
      await delay(pollMs)
    }
  }
}
