/**
 * Runs compiled calls in the order that the plan allows: each as soon as those that it waits for have ended.
 */
import type { Run, Step } from './call/run.ts'

export interface ScheduledStep {
  readonly step: Step
  readonly after: readonly number[]
}

export function schedule(steps: readonly ScheduledStep[]): Step {
  const [only] = steps
  if (!only) return () => undefined
  if (steps.length === 1) return only.step
  return isChain(steps) ? (run) => runChain(steps, run) : (run) => runGraph(steps, run)
}

function isChain(steps: readonly ScheduledStep[]): boolean {
  return steps.every((each, index) => index === 0 || each.after.includes(index - 1))
}

async function runChain(steps: readonly ScheduledStep[], run: Run): Promise<void> {
  for (const { step } of steps) await step(run)
}

async function runGraph(steps: readonly ScheduledStep[], run: Run): Promise<void> {
  const ends: Promise<void>[] = []
  for (const { step, after } of steps) {
    ends.push(after.length === 0 ? start(step, run) : runAfter(ends, after, step, run))
  }
  await Promise.all(ends)
}

function start(step: Step, run: Run): Promise<void> {
  return step(run) ?? Promise.resolve()
}

async function runAfter(
  ends: readonly Promise<void>[],
  after: readonly number[],
  step: Step,
  run: Run,
): Promise<void> {
  await Promise.all(after.flatMap((index) => ends[index] ?? []))
  await step(run)
}
