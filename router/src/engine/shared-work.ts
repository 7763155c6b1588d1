/** Work that several requests may wait for. What all of them have left is aborted; who stays, or never leaves, keeps it. */
import { PassingMap } from '@cnop/kit/passing-map'
import { GraphQLError } from 'graphql'
import { Cancellation, type CancelSignal } from './cancellation.ts'

export interface SharedWork<Value> {
  /** Whether work under a key is in progress. */
  has(key: WorkKey): boolean
  /** Joins the work under a key, or starts it. Rejects with ClientLeft when the signal of this user aborts. */
  join(
    key: WorkKey,
    signal: CancelSignal | undefined,
    start: (signal: CancelSignal | undefined) => Promise<Value>,
  ): Promise<Value>
}

/** What users of one work have in common. */
export interface WorkKey {
  readonly scope: string
  readonly text: string
  readonly hash: number
}

/**
 * As keys of a Map, long texts would be joined, and hashed to their last character. This costs more than to compare the few
 * that have some characters in common.
 */
export function workKey(scope: string, text = ''): WorkKey {
  return { scope, text, hash: sample(text, sample(scope, 0)) }
}

function sample(text: string, start: number): number {
  let hash = (Math.imul(start, 31) + text.length) | 0
  const step = (text.length >> 6) + 1
  for (let at = text.length - 1; at >= 0; at -= step) {
    hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0
  }
  return hash
}

/** Nobody reads what becomes of the request. */
export class ClientLeft extends GraphQLError {
  override readonly name = 'ClientLeft'
  constructor() {
    super('The client left before the answer.')
  }
}

/** A user that may leave. */
interface User<Value> {
  readonly resolve: (value: Value) => void
  readonly reject: (reason: unknown) => void
  readonly signal: CancelSignal
  readonly leave: () => void
  hasLeft: boolean
}

interface Work<Value> {
  readonly key: WorkKey
  readonly value: Promise<Value>
  /** Absent where a user cannot leave. */
  readonly cancellation: Cancellation | undefined
  /** All who joined. */
  users: number
  /** Those who have not left. */
  waiting: number
  readonly leavable: User<Value>[]
}

/** Works of one hash: who finds more works alone. */
const mostAlike = 32

/** `onDone` is called with the value and the number of its users, before any of them continues. */
export function createSharedWork<Value>(
  onDone?: (value: Value, users: number) => void,
): SharedWork<Value> {
  const all = new PassingMap<number, Work<Value>[]>()

  const find = ({ hash, scope, text }: WorkKey): Work<Value> | undefined =>
    all.get(hash)?.find(({ key }) => key.text === text && key.scope === scope)

  function keep(work: Work<Value>): void {
    const alike = all.get(work.key.hash)
    if (!alike) all.set(work.key.hash, [work])
    else if (alike.length < mostAlike) alike.push(work)
  }

  function forget(work: Work<Value>): void {
    const { hash } = work.key
    const alike = all.get(hash) ?? []
    const at = alike.indexOf(work)
    if (at >= 0) alike.splice(at, 1)
    if (alike.length === 0) all.delete(hash)
  }

  function begin(key: WorkKey, isLasting: boolean, start: Start<Value>): Work<Value> {
    const cancellation = isLasting ? undefined : new Cancellation()
    const value = start(cancellation)
    const work: Work<Value> = { key, value, cancellation, users: 0, waiting: 0, leavable: [] }
    // Registered first, so that the work is closed to further users before any user continues.
    value.then(
      (done) => {
        forget(work)
        onDone?.(done, work.users)
        for (const user of work.leavable) if (settles(user)) user.resolve(done)
      },
      (reason: unknown) => {
        forget(work)
        for (const user of work.leavable) if (settles(user)) user.reject(reason)
      },
    )
    cancellation?.addEventListener('abort', () => forget(work))
    keep(work)
    return work
  }

  return {
    has: (key) => find(key) !== undefined,
    join: (key, signal, start) => {
      const work = find(key) ?? begin(key, !signal, start)
      work.users += 1
      work.waiting += 1
      return signal ? leavable(work, signal) : work.value
    },
  }
}

type Start<Value> = (signal: CancelSignal | undefined) => Promise<Value>

/** Whether a user still waits; it cannot leave from now on. */
function settles<Value>({ signal, leave, hasLeft }: User<Value>): boolean {
  if (!hasLeft) signal.removeEventListener('abort', leave)
  return !hasLeft
}

function leavable<Value>(work: Work<Value>, signal: CancelSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      user.hasLeft = true
      work.waiting -= 1
      if (work.waiting === 0) work.cancellation?.abort(new ClientLeft())
      reject(new ClientLeft())
    }
    const user: User<Value> = { resolve, reject, signal, leave, hasLeft: false }
    work.leavable.push(user)
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave, { once: true })
  })
}
