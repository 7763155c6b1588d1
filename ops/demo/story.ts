import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { DemoAnswer, DemoClient } from './client.ts'

/** One step of the story: its sentence, a note for the presenter, its request, and the check of the response. */
export interface Step {
  readonly says: string
  readonly note: string
  /** A persisted operation by its name, or a request such as `GET /health`. */
  readonly operation: string
  readonly variables?: () => Record<string, unknown>
  /** Repeats the step until its check passes, at most this long in milliseconds, for steps that wait for the market. */
  readonly waitMs?: number
  /** Throws, or returns the line to print. */
  readonly check: (answer: DemoAnswer) => string
}

/** The user of the story and the data that its steps share. */
export interface Story {
  readonly client: DemoClient
  readonly username: string
  readonly password: string
  readonly depositKey: string
  bitcoinPrice: number
  limitOrderId: string
  /** Orders on both sides of the market, the one to look at next first. */
  readonly straddle: string[]
  blockedIp: string
}

export type Chapter = (story: Story) => Step[]

export const newKey = (): string => `demo-${randomBytes(8).toString('hex')}`

/** A story with a new user. */
export function beginStory(client: DemoClient): Story {
  return {
    client,
    username: `demo_${randomBytes(5).toString('hex')}`,
    password: `Lantern-${randomBytes(4).toString('hex')}-A1`,
    depositKey: newKey(),
    bitcoinPrice: 0,
    limitOrderId: '',
    straddle: [],
    blockedIp: '',
  }
}

/** Reads a path such as `me.portfolio.cash.available` in a response. */
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

/** Performs a step, repeatedly if it waits for the market. Returns its last response and line. */
export async function perform(
  client: DemoClient,
  step: Step,
): Promise<{ answer: DemoAnswer; line: string }> {
  const deadline = performance.now() + (step.waitMs ?? 0)
  for (;;) {
    const answer = step.operation.includes(' ')
      ? await client.request(step.operation)
      : await client.run(step.operation, step.variables?.())
    try {
      return { answer, line: step.check(answer) }
    } catch (error) {
      if (performance.now() >= deadline) throw error
      await delay(pollMs)
    }
  }
}
