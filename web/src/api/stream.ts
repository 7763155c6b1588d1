import { type DocumentNode, Kind } from 'graphql'
import { createClient, NetworkError, type RequestParams } from 'graphql-sse'
import { config } from '../config.ts'
import { type Session, usernameOf } from './session.ts'
import { type Channel, inSlot, joinShare, type Lead, type Share, unshared } from './stream-share.ts'
import { audible } from './stream-silence.ts'

/** `down` means that no events arrive at present; readers poll meanwhile. */
export type StreamState = 'connecting' | 'live' | 'down'

type PersistedDocument = DocumentNode & { readonly __meta__?: { readonly hash: string } }

type StreamRequest = {
  readonly document: PersistedDocument
  /** The assets of a stream of prices. */
  readonly ids?: readonly string[]
  /** Whether the stream contains the caller's own data. Prices are public and need no token. */
  readonly isPersonal: boolean
  /** Adds an event to a snapshot, for the tabs that join later. Without it they get the last snapshot, and read what they show. */
  readonly merge?: (snapshot: object, event: object) => object
}

type StreamSink = {
  /** Receives every event in order. `isFirst` is true for the first event of the subscription only. */
  readonly onEvent: (data: object, isFirst: boolean) => void
  readonly onState?: (state: StreamState) => void
}

/** Keeps a stream open, over any number of connections, until the returned function is called. */
export type OpenStream = (request: StreamRequest, sink: StreamSink) => () => void

type StreamDeps = {
  readonly fetch: typeof fetch
  readonly session: Session
  readonly locks: Pick<LockManager, 'request'> | undefined
  /** Opens a channel to the other tabs of the browser. */
  readonly channel?: ((name: string) => Channel) | undefined
}

function nameOf({ definitions }: PersistedDocument): string {
  const operation = definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION)
  return operation?.name?.value ?? ''
}

/** Only the hash of a document is sent, as to `/graphql`. The client's types require a text. */
function bodyOf({ document, ids }: StreamRequest): RequestParams {
  const sha256Hash = document.__meta__?.hash ?? ''
  const extensions = { persistedQuery: { version: 1, sha256Hash } }
  const body = { operationName: nameOf(document), variables: ids ? { ids } : {}, extensions }
  return body as unknown as RequestParams
}

async function authorize(session: Session): Promise<Record<string, string>> {
  if (session.freshToken() === undefined) await session.refresh()
  const token = session.freshToken()
  // Without a token the stream would be refused, which would look like an ended session.
  if (token === undefined && session.outage()) throw new Error('The session cannot be renewed.')
  return token === undefined ? {} : { authorization: `Bearer ${token}` }
}

/** The end of a connection. */
type End = {
  readonly hadEvents: boolean
  readonly isSessionOver: boolean
  readonly retryAfterMs: number
}

type Streamed = { readonly sequence: number; readonly isSnapshot: boolean }

const isStreamed = (value: unknown): value is Streamed =>
  typeof value === 'object' && value !== null && 'sequence' in value

/** The consequence of an end for the next connection. */
function describeEnd(reason: unknown): Omit<End, 'hadEvents'> {
  if (typeof reason === 'string') {
    const isSessionOver = reason === 'UNAUTHENTICATED' || reason === 'SESSION_ENDED'
    return { isSessionOver, retryAfterMs: 0 }
  }
  const response =
    reason instanceof NetworkError ? (reason as NetworkError<Response>).response : null
  const seconds = Number(response?.headers.get('retry-after') ?? 0)
  return {
    isSessionOver: response?.status === 401,
    retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : 0,
  }
}

/** One connection, from opening to end. A gap in the sequence ends it: the next snapshot contains the missed events. */
function connect(
  { fetch, session }: StreamDeps,
  request: StreamRequest,
  onData: (data: object, isSnapshot: boolean) => void,
  signal: AbortSignal,
): Promise<End> {
  return new Promise((resolve) => {
    let sequence = 0
    const finish = (reason?: unknown) => {
      line.stop()
      signal.removeEventListener('abort', abort)
      client.dispose()
      resolve({ hadEvents: sequence > 0, ...describeEnd(reason) })
    }
    const abort = () => finish()
    const line = audible(fetch, config.streamSilenceMs, abort)
    const client = createClient({
      url: config.streamUrl,
      retryAttempts: 0,
      fetchFn: line.fetch,
      headers: () => (request.isPersonal ? authorize(session) : {}),
    })
    const take = (data: object) => {
      const event: unknown = Object.values(data).find(isStreamed)
      if (isStreamed(event) && event.sequence === sequence + 1) {
        sequence = event.sequence
        onData(data, event.isSnapshot)
      } else finish('HOLE')
    }
    signal.addEventListener('abort', abort)
    client.subscribe(bodyOf(request), {
      next: ({ data, errors }) => {
        if (errors || !data) finish(errors?.[0]?.extensions['code'])
        else take(data)
      },
      error: finish,
      complete: finish,
    })
  })
}

/**
 * The delay before a retry, in milliseconds: 0.5 s, doubled each time up to 30 s. Half of it is random, to spread
 * clients.
 */
function backOffMs(failures: number): number {
  const whole = Math.min(500 * 2 ** failures, 30_000)
  const chance = (crypto.getRandomValues(new Uint8Array(1))[0] ?? 0) / 255
  return whole * (0.5 + chance / 2)
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, ms)
    signal.addEventListener('abort', finish)
    if (signal.aborted) finish()
  })
}

/** A connection that ends when other tabs want other assets: the next one has them. */
async function connectFor(
  deps: StreamDeps,
  request: StreamRequest,
  lead: Lead,
  onData: (data: object, isSnapshot: boolean) => void,
  signal: AbortSignal,
): Promise<End | 'other-ids'> {
  const connection = new AbortController()
  const stop = () => connection.abort()
  const forget = lead.onOtherIds(() => connection.abort('other-ids'))
  signal.addEventListener('abort', stop)
  const ids = request.ids && { ids: lead.ids() }
  const end = await connect(deps, { ...request, ...ids }, onData, connection.signal)
  forget()
  signal.removeEventListener('abort', stop)
  return connection.signal.reason === 'other-ids' ? 'other-ids' : end
}

async function connectAgainAndAgain(
  deps: StreamDeps,
  request: StreamRequest,
  lead: Lead,
  sink: { onData: (data: object) => void; onDown: () => void },
  signal: AbortSignal,
): Promise<void> {
  let failures = 0
  const onData = (data: object, isSnapshot: boolean) => {
    lead.tell(data, isSnapshot)
    sink.onData(data)
  }
  do {
    const end = await connectFor(deps, request, lead, onData, signal)
    if (end === 'other-ids') continue
    lead.tellDown()
    sink.onDown()
    failures = end.hadEvents ? 0 : failures + 1
    if (end.isSessionOver) await deps.session.refresh()
    await wait(Math.max(backOffMs(failures), end.retryAfterMs), signal)
  } while (!signal.aborted)
}

/** Only the tabs of one user share what is the user's own; prices are everyone's. */
function share(
  { session, locks, channel }: StreamDeps,
  { document, ids = [], isPersonal, merge = (snapshot) => snapshot }: StreamRequest,
  sink: { readonly onData: (data: object) => void; readonly onDown: () => void },
): Share {
  const owner = isPersonal ? usernameOf(session.getState()) : ''
  if (!locks || !channel || (isPersonal && owner === '')) return unshared(ids)
  return joinShare({
    channel: channel(`cnop-stream:${nameOf(document)}:${owner}`),
    isOwn: () => !isPersonal || usernameOf(session.getState()) === owner,
    ...{ ids, merge, ...sink },
  })
}

/**
 * Streams of this browser tab. While the page is visible, a stream reconnects after every failure, with a new token
 * when the old one has expired. It pauses in a hidden tab.
 */
export function createStreams(deps: StreamDeps): OpenStream {
  return (request, { onEvent, onState }) => {
    let state: StreamState = 'connecting'
    let isFirst = true
    let isAwaited = true
    let shown: AbortController | undefined
    let patience: ReturnType<typeof setTimeout> | undefined
    const report = (next: StreamState) => {
      if (next === state) return
      state = next
      onState?.(next)
    }
    const onData = (data: object) => {
      isAwaited = false
      report('live')
      onEvent(data, isFirst)
      isFirst = false
    }
    const onDown = () => report('down')
    /** Who takes the stream over says that it is live until this has passed. */
    const expectData = () => {
      isAwaited = true
      clearTimeout(patience)
      patience = setTimeout(() => {
        if (isAwaited) onDown()
      }, config.streamPatienceMs)
    }
    const follow = () => {
      if (document.visibilityState === 'hidden') {
        clearTimeout(patience)
        shown?.abort()
        shown = undefined
      } else if (!shown) {
        const { signal } = (shown = new AbortController())
        const shared = share(deps, request, { onData, onDown })
        signal.addEventListener('abort', shared.leave)
        expectData()
        void inSlot(deps.locks, nameOf(request.document), signal, () => {
          expectData()
          return connectAgainAndAgain(deps, request, shared.lead(), { onData, onDown }, signal)
        })
      }
    }
    document.addEventListener('visibilitychange', follow)
    follow()
    return () => {
      clearTimeout(patience)
      document.removeEventListener('visibilitychange', follow)
      onState = undefined
      shown?.abort()
    }
  }
}
