/**
 * Sends one compiled call: body text from a constant head and the variables in use, sharing, observation,
 * reading of the answer. Root and entity fetches build on it.
 */
import type { Data } from '../data.ts'
import { read } from '../data.ts'
import { SubgraphFault } from '../transport.ts'
import type { FetchObserver, SubgraphTransport } from '../transport.ts'
import { readReply } from './reply.ts'
import type { Answer } from './reply.ts'
import type { Run } from './run.ts'
import type { InFlight, SharedAnswer } from './share.ts'
import type { FetchSpan } from '../spans.ts'

export interface Calls {
  readonly transport: SubgraphTransport
  readonly inFlight: InFlight
  readonly onFetch: FetchObserver | undefined
  readonly inSpan: FetchSpan
}

export interface CallFacts {
  readonly service: string
  readonly operationName: string | undefined
  readonly isMutation: boolean
  /** Only public fields: the call carries no identity and every user may share it. */
  readonly isPublic: boolean
}

/** The part of a request body that never changes; the variables and two closing braces follow. */
export function bodyHead(text: string, operationName: string | undefined): string {
  const name =
    operationName === undefined ? '' : `,"operationName":${JSON.stringify(operationName)}`
  return `{"query":${JSON.stringify(text)}${name},"variables":{`
}

/** The JSON members of the variables that a fetch uses and the client gave. */
export function variableMembers(names: readonly string[], variables: Data): string[] {
  return names.flatMap((name) => {
    const value = read(variables, name)
    return value === undefined ? [] : [`${JSON.stringify(name)}:${JSON.stringify(value)}`]
  })
}

export async function sendCall(
  calls: Calls,
  facts: CallFacts,
  body: string,
  run: Run,
): Promise<SharedAnswer> {
  const mayJoin = calls.transport.isRefusing?.(facts.service) !== true
  const key = mayJoin ? sharingKey(facts, body, run) : undefined
  const isJoined = key !== undefined && calls.inFlight.has(key)
  const { service, operationName } = facts
  const end = calls.onFetch?.({ service, operationName, isJoined, context: run.context })
  const isShared = key !== undefined
  const start = () => calls.inSpan(facts, () => exchange(calls, { ...facts, isShared }, body, run))
  try {
    const shared = isShared
      ? await joinInOwnTime(calls, facts, run, () => calls.inFlight.join(key, start), isJoined)
      : { answer: await start(), isShared: false }
    noteAnswer(run, shared.answer)
    end?.({ errorCount: shared.answer.errors.length })
    return shared
  } catch (failure) {
    end?.({ failure, errorCount: 0 })
    throw failure
  }
}

/**
 * A request waits for a shared call as long as it has time itself, whatever time the request that began it had. When
 * the call runs out of its own time, a request that joined it late asks again, once.
 */
async function joinInOwnTime(
  { transport }: Calls,
  { service }: CallFacts,
  { context }: Run,
  join: () => Promise<SharedAnswer>,
  isJoined: boolean,
): Promise<SharedAnswer> {
  const wait = () => inTime(service, transport.timeLeftMs?.(context), join)
  try {
    return await wait()
  } catch (failure) {
    if (isJoined && transport.isOutOfTime?.(failure) === true) return wait()
    throw failure
  }
}

async function inTime<T>(
  service: string,
  leftMs: number | undefined,
  start: () => Promise<T>,
): Promise<T> {
  if (leftMs === undefined) return start()
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

function sharingKey(facts: CallFacts, body: string, run: Run): string | undefined {
  if (run.isMutation || facts.isMutation) return undefined
  const owner = facts.isPublic ? '' : run.shareKey
  if (owner === undefined) return undefined
  return `${facts.service}\n${facts.isPublic ? 'public' : 'own'}\n${owner}\n${body}`
}

async function exchange(
  calls: Calls,
  facts: CallFacts & { readonly isShared: boolean },
  body: string,
  run: Run,
): Promise<Answer> {
  const reply = await calls.transport.send({
    service: facts.service,
    body,
    operationName: facts.operationName,
    isMutation: facts.isMutation,
    isAnonymousPublic: facts.isPublic && !run.isMutation,
    isShared: facts.isShared,
    context: run.context,
  })
  return readReply(facts.service, reply)
}

function noteAnswer(run: Run, answer: Answer): void {
  run.isPlain &&= answer.isPlain
  if (answer.cacheControl !== undefined) run.restrictCache?.(answer.cacheControl)
}
