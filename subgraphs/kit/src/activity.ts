import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import type { Db } from './dynamo.ts'

/** Whether anybody needs this process now. While nobody does, its polls rest. */
export interface Activity {
  /** Something is asked of the process: resolves once what rested has caught up, at once when nothing rested. */
  wake(): Promise<void>
  isIdle(): boolean
  /** The process is not idle while the condition holds, such as an open stream or a waiting order. */
  keepAwakeWhile(isNeeded: () => boolean): () => void
  /** Called when the process was idle and is needed again. Callers of `wake` wait for the returned promise. */
  onWake(listener: () => Promise<unknown> | undefined): () => void
}

export interface ActivityOptions {
  readonly idleAfterMs?: number
  /** The longest that a request waits for what rested. */
  readonly patienceMs?: number
  /** Milliseconds of a clock that never jumps. */
  readonly elapsedMs?: () => number
}

export function createActivity({
  idleAfterMs = 30_000,
  patienceMs = 1_000,
  elapsedMs = () => performance.now(),
}: ActivityOptions = {}): Activity {
  const conditions = new Set<() => boolean>()
  const listeners = new Set<() => Promise<unknown> | undefined>()
  let neededAtMs = elapsedMs()
  /** Something may have begun to rest. */
  let mayRest = false
  let waking: Promise<void> | undefined

  async function wakeAll(): Promise<void> {
    const woken = Promise.allSettled([...listeners].map(async (listener) => listener()))
    const patience = new AbortController()
    const tooLong = delay(patienceMs, undefined, { signal: patience.signal, ref: false })
    await Promise.race([woken, tooLong])
    patience.abort()
    tooLong.catch(() => undefined)
    waking = undefined
  }

  return {
    wake: () => {
      neededAtMs = elapsedMs()
      if (!mayRest) return waking ?? Promise.resolve()
      mayRest = false
      return (waking = wakeAll())
    },
    isIdle: () => {
      const isIdle =
        elapsedMs() - neededAtMs >= idleAfterMs && ![...conditions].some((isNeeded) => isNeeded())
      mayRest ||= isIdle
      return isIdle
    },
    keepAwakeWhile: (isNeeded) => {
      conditions.add(isNeeded)
      return () => void conditions.delete(isNeeded)
    },
    onWake: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

const activities = new WeakMap<Db, Activity>()

/** The activity of the process, which has one connection to its store, however many subgraphs it hosts. */
export const activityOf = (db: Db): Activity => activities.get(db) ?? openActivity(db)

export function openActivity(db: Db, options?: ActivityOptions): Activity {
  const activity = createActivity(options)
  activities.set(db, activity)
  return activity
}
