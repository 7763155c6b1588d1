import type { Channel } from '../api/stream-share.ts'
import { reply } from './fake-api.ts'

type Body = {
  readonly operationName: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly extensions: { readonly persistedQuery: { readonly sha256Hash: string } }
}

/** One connection, seen from the server. */
type FakeStream = {
  readonly operation: string
  readonly variables: Body['variables']
  readonly hash: string
  readonly authorization: string | null
  readonly isOpen: () => boolean
  readonly send: (data: object) => void
  /** Ends the stream with an error code, as for an expired token. */
  readonly refuse: (code: string) => void
  /** Breaks the connection without an event. */
  readonly cut: () => void
}

type Chunk = { readonly done: boolean; readonly value: Uint8Array | undefined }

/** The reading end of a connection; sent chunks are buffered until they are read. */
function createPipe() {
  const sent: (Uint8Array | Error | undefined)[] = []
  let wake: (() => void) | undefined
  const push = (chunk: Uint8Array | Error | undefined) => {
    sent.push(chunk)
    wake?.()
  }
  const read = async (): Promise<Chunk> => {
    if (sent.length === 0) await new Promise<void>((resolve) => (wake = resolve))
    const chunk = sent.shift()
    if (chunk instanceof Error) throw chunk
    return { done: chunk === undefined, value: chunk }
  }
  return { push, read }
}

function openStream(init: RequestInit) {
  const { operationName, variables, extensions } = JSON.parse(init.body as string) as Body
  const { push, read } = createPipe()
  let isOpen = true
  init.signal?.addEventListener('abort', () => {
    isOpen = false
    push(new Error('The client closed the connection.'))
  })
  const write = (text: string) => push(new TextEncoder().encode(text))
  const send = (result: object) => write(`event: next\ndata: ${JSON.stringify(result)}\n\n`)
  const stream: FakeStream = {
    operation: operationName,
    variables,
    hash: extensions.persistedQuery.sha256Hash,
    authorization: (init.headers as Record<string, string>)['authorization'] ?? null,
    isOpen: () => isOpen,
    send: (data) => send({ data }),
    refuse: (code) => {
      isOpen = false
      send({ data: null, errors: [{ message: code, extensions: { code } }] })
      write('event: complete\ndata:\n\n')
    },
    cut: () => {
      isOpen = false
      push(undefined)
    },
  }
  const response = Object.assign(reply(200, {}), { body: { getReader: () => ({ read }) } })
  return { stream, response: response as Response }
}

/** A fake stream endpoint, with every connection so far, oldest first. */
export function createFakeStreams() {
  const opened: FakeStream[] = []
  let refusal: Response | undefined
  const fetchStream: typeof fetch = (_input, init = {}) => {
    if (refusal) return Promise.resolve(refusal)
    const { stream, response } = openStream(init)
    opened.push(stream)
    return Promise.resolve(response)
  }
  return {
    fetch: fetchStream,
    opened,
    /** The open connection of an operation. */
    current: (operation: string): FakeStream => {
      const stream = opened.findLast((one) => one.operation === operation && one.isOpen())
      if (!stream) throw new Error(`There is no open stream of ${operation}.`)
      return stream
    },
    /** Refuses every new connection with a status; undefined accepts them again. */
    refuseAll: (status: number | undefined) => {
      refusal = status === undefined ? undefined : reply(status, { code: 'OVERLOADED' })
    },
  }
}

export type FakeStreams = ReturnType<typeof createFakeStreams>

/** Uncontended locks. */
export const freeLocks = {
  request: (_name: string, _options: LockOptions, hold: () => Promise<void>) => hold(),
} as unknown as LockManager

/** The locks and channels of one browser. A tab gets a lock when those before it have ended, and no longer wants it once it is gone. */
export function createFakeTabs() {
  const queues = new Map<string, Promise<void>>()
  const channels = new Map<string, Set<Channel>>()
  const said: unknown[] = []
  const request = (name: string, { signal }: LockOptions, hold: () => Promise<void>) => {
    const before = queues.get(name) ?? Promise.resolve()
    const turn = before.then(() => (signal?.aborted ? undefined : hold()))
    queues.set(name, turn)
    return turn
  }
  const channel = (name: string): Channel => {
    const those = channels.get(name) ?? new Set()
    channels.set(name, those)
    const own: Channel = {
      onmessage: null,
      close: () => those.delete(own),
      postMessage: (message) => {
        said.push(message)
        const text = JSON.stringify(message)
        for (const other of those) {
          if (other === own) continue
          queueMicrotask(() =>
            other.onmessage?.({ data: JSON.parse(text) as unknown } as MessageEvent),
          )
        }
      },
    }
    those.add(own)
    return own
  }
  return { locks: { request } as unknown as LockManager, channel, said }
}
