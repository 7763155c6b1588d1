/** Work that several requests may wait for. What all of them have left is aborted; who stays, or never leaves, keeps it. */
import { PassingMap } from '@cnop/kit/passing-map'
import { GraphQLError } from 'graphql'
import { Cancellation, type CancelSignal } from './cancellation.ts'

export interface SharedWork<Value> {
  /** Whether work under a key is in progress. */
  has(key: string): boolean
  /** Joins the work under a key, or starts it. Rejects with ClientLeft when the signal of this user aborts. */
  join(
    key: string,
    signal: CancelSignal | undefined,
    start: (signal: CancelSignal | undefined) => Promise<Value>,
  ): Promise<Value>
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
  readonly value: Promise<Value>
  /** Absent where a user cannot leave. */
  readonly cancellation: Cancellation | undefined
  /** All who joined. */
  users: number
  /** Those who have not left. */
  waiting: number
  readonly leavable: User<Value>[]
}

/** `onDone` is called with the value and the number of its users, before any of them continues. */
export function createSharedWork<Value>(
  onDone?: (value: Value, users: number) => void,
): SharedWork<Value> {
  const all = new PassingMap<string, Work<Value>>()

  function begin(key: string, isLasting: boolean, start: Start<Value>): Work<Value> {
    const cancellation = isLasting ? undefined : new Cancellation()
    const forget = () => {
      if (all.get(key) === work) all.delete(key)
    }
    const value = start(cancellation)
    const work: Work<Value> = { value, cancellation, users: 0, waiting: 0, leavable: [] }
    // Registered first, so that the work is closed to further users before any user continues.
    value.then(
      (done) => {
        forget()
        onDone?.(done, work.users)
        for (const user of work.leavable) if (settles(user)) user.resolve(done)
      },
      (reason: unknown) => {
        forget()
        for (const user of work.leavable) if (settles(user)) user.reject(reason)
      },
    )
    cancellation?.addEventListener('abort', forget)
    all.set(key, work)
    return work
  }

  return {
    has: (key) => all.has(key),
    join: (key, signal, start) => {
      const work = all.get(key) ?? begin(key, !signal, start)
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
