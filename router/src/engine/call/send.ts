/**
 * Sends one call: builds the request body from a constant head and the variables in use, shares identical calls in
 * flight, reports to the observer, and reads the reply. Root and entity calls build on it.
 */
import type { CancelSignal } from '../cancellation.ts'
import { jsonText, read, type Data } from '../data.ts'
import { createSharedWork, workKey, type SharedWork, type WorkKey } from '../shared-work.ts'
import type { FetchSpan } from '../spans.ts'
import {
  SubgraphFault,
  type CallObserver,
  type SubgraphCall,
  type SubgraphTransport,
} from '../transport.ts'
import { readOrScan, type ReplyContent } from './reply.ts'
import type { Run } from './run.ts'

export interface Calls {
  readonly transport: SubgraphTransport
  readonly inFlight: InFlight
  readonly onCall: CallObserver | undefined
  readonly inSpan: FetchSpan
}

export interface CallFacts {
  readonly service: string
  readonly operationName: string | undefined
  readonly isMutation: boolean
  /** Reads only public fields: the call carries no identity, and requests of all users may share it. */
  readonly isPublic: boolean
  readonly fields: ReadonlySet<string>
}

/** The part of a request body that never changes; the variables and two closing braces follow. */
export function bodyHead(text: string, operationName: string | undefined): string {
  const name =
    operationName === undefined ? '' : `,"operationName":${JSON.stringify(operationName)}`
  return `{"query":${JSON.stringify(text)}${name},"variables":{`
}

/** The JSON members of the variables that a call uses and the client sent. */
export function variableMembers(names: readonly string[], variables: Data): string[] {
  return names.flatMap((name) => {
    const value = read(variables, name)
    return value === undefined ? [] : [`${JSON.stringify(name)}:${jsonText(value)}`]
  })
}

export async function sendCall(
  calls: Calls,
  facts: CallFacts,
  body: string,
  run: Run,
): Promise<ReplyContent> {
  const key = sharingKey(calls, facts, body, run)
  const isJoined = key !== undefined && calls.inFlight.has(key)
  const { service, operationName } = facts
  const end = calls.onCall?.({ service, operationName, isJoined, context: run.context })
  const isShared = key !== undefined
  const start = (signal: CancelSignal | undefined) =>
    calls.inSpan(facts, () => exchange(calls, facts, body, run, { isShared, signal }))
  try {
    const shared = await (isShared
      ? joinInOwnTime(
          calls,
          facts,
          run,
          () => calls.inFlight.join(key, run.signal, start),
          isJoined,
        )
      : start(run.signal))
    // A large reply is read again: to copy it would take long.
    const content = shared.isShared && shared.again ? await shared.again() : shared
    noteContent(run, facts.service, content)
    end?.({ errorCount: content.errors.length })
    return content
  } catch (failure) {
    end?.({ failure, errorCount: 0 })
    throw failure
  }
}

/**
 * Each request waits for a shared call until its own deadline, whatever the deadline of the request that started the
 * call. When the call itself times out, a request that joined it sends the call again, once.
 */
function joinInOwnTime(
  { transport }: Calls,
  { service }: CallFacts,
  { context }: Run,
  join: () => Promise<ReplyContent>,
  isJoined: boolean,
): Promise<ReplyContent> {
  if (!transport.timeLeftMs) return join()
  const leftMs = transport.timeLeftMs(context)
  const first = inTime(service, leftMs, join)
  if (!isJoined) return first
  return first.catch((failure: unknown) => {
    if (transport.isOutOfTime?.(failure) !== true) throw failure
    return inTime(service, transport.timeLeftMs?.(context) ?? leftMs, join)
  })
}

async function inTime<T>(service: string, leftMs: number, start: () => Promise<T>): Promise<T> {
  const message = `The service "${service}" did not answer in the time that was left.`
  if (leftMs <= 0) throw new SubgraphFault(message)
  let timer: NodeJS.Timeout | undefined
  const isOver = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new SubgraphFault(message)), leftMs)
  })
  try {
    return await Promise.race([start(), isOver])
  } finally {
    clearTimeout(timer)
  }
}

function sharingKey(
  { transport }: Calls,
  facts: CallFacts,
  body: string,
  run: Run,
): WorkKey | undefined {
  if (run.isMutation || facts.isMutation) return undefined
  if (transport.isRefusing?.(facts.service) === true) return undefined
  const owner = facts.isPublic ? '' : run.shareKey
  if (owner === undefined) return undefined
  // The content of a scanned reply is the body of one operation.
  const reader = run.scanner?.id ?? ''
  return workKey(
    `${facts.service}\n${facts.isPublic ? 'public' : 'own'}\n${reader}\n${owner}`,
    body,
  )
}

function exchange(
  calls: Calls,
  facts: CallFacts,
  body: string,
  run: Run,
  { isShared, signal }: Pick<SubgraphCall, 'isShared' | 'signal'>,
): Promise<ReplyContent> {
  return calls.transport
    .send({
      service: facts.service,
      body,
      operationName: facts.operationName,
      isMutation: facts.isMutation,
      isAnonymousPublic: facts.isPublic && !run.isMutation,
      isShared,
      signal,
      fields: facts.fields,
      context: run.context,
    })
    .then((reply) => readOrScan(facts.service, reply, run.scanner))
}

/** The most bytes of all replies of one request. */
const mostBytes = 64 * 1024 * 1024

function noteContent(
  run: Run,
  service: string,
  { isPlain, size, cacheControl }: ReplyContent,
): void {
  run.size += size
  if (run.size > mostBytes) {
    throw new SubgraphFault(`The replies up to that of the service "${service}" are too large.`)
  }
  run.isPlain &&= isPlain
  if (cacheControl !== undefined) run.restrictCache?.(cacheControl)
}

/** Calls in flight: an identical call waits for the same reply. */
export type InFlight = SharedWork<ReplyContent>

export function createInFlight(): InFlight {
  return createSharedWork((content, users) => {
    content.isShared = users > 1
  })
}
