/** Work that several requests may wait for. What all of them have left is aborted; who stays, or never leaves, keeps it. */
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

interface Work<Value> {
  readonly value: Promise<Value>
  /** Absent where a user cannot leave. */
  readonly cancellation: Cancellation | undefined
  /** All who joined. */
  users: number
  /** Those who have not left. */
  waiting: number
}

/** `onDone` is called with the value and the number of its users, before any of them continues. */
export function createSharedWork<Value>(
  onDone?: (value: Value, users: number) => void,
): SharedWork<Value> {
  const all = new Map<string, Work<Value>>()

  function begin(key: string, isLasting: boolean, start: Start<Value>): Work<Value> {
    const cancellation = isLasting ? undefined : new Cancellation()
    const forget = () => {
      if (all.get(key) === work) all.delete(key)
    }
    const value = start(cancellation)
    const work: Work<Value> = { value, cancellation, users: 0, waiting: 0 }
    // Registered first, so that the work is closed to further users before any user continues.
    value.then((done) => {
      forget()
      onDone?.(done, work.users)
    }, forget)
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

function leavable<Value>(work: Work<Value>, signal: CancelSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      work.waiting -= 1
      if (work.waiting === 0) work.cancellation?.abort(new ClientLeft())
      reject(new ClientLeft())
    }
    const settle = () => signal.removeEventListener('abort', leave)
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave, { once: true })
    work.value.then(
      (value) => {
        settle()
        resolve(value)
      },
      (error: unknown) => {
        settle()
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- it is passed on.
        reject(error)
      },
    )
  })
}
