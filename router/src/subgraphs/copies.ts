import { performance } from 'node:perf_hooks'
import { probePaths } from '@cnop/kit/serve'
import { Agent } from 'undici'
import { type CopyAddress, isNamed, type LookUp, resolveUrls } from './addresses.ts'
import { type Copy, isOneOf, type LinkOptions, openCopy, probeDeadlineMs } from './copy.ts'
import { type InternalAddress, requestInternal } from './internal.ts'
import type { Copies } from './links.ts'
import { openPost } from './post.ts'

/** Bounds the replies of internal routes; the list of ended sessions is the longest. */
const mostInternalBytes = 8 * 1024 * 1024
/** How often names are resolved again. */
const resolveEveryMs = 5_000

export interface RemoteCopies extends Copies {
  /** Of the copies, those in service first. */
  readonly addresses: () => readonly InternalAddress[]
}

interface RemoteOptions extends LinkOptions {
  readonly lookUp: LookUp
  /** How often each of several copies is asked whether it is ready, and how long it may take to answer. */
  readonly readyEveryMs: number
}

interface RemoteCopy {
  readonly copy: Copy
  readonly internal: InternalAddress
}

/** A copy over HTTP with kept-alive connections. */
function openRemoteCopy(address: CopyAddress, options: LinkOptions): RemoteCopy {
  const { name, url, connect } = address
  const { send, close } = openPost(address, options)
  const dispatcher = new Agent({ maxResponseSize: mostInternalBytes, connect })
  const internal = { name, url, dispatcher }
  const probe = async (): Promise<boolean> => {
    const { statusCode } = await requestInternal(internal, '/internal/health', {
      timeoutMs: probeDeadlineMs,
    })
    return statusCode === 200
  }
  const closeBoth = async (): Promise<void> => {
    await Promise.all([close(), dispatcher.destroy()])
  }
  return { copy: openCopy(options, { name, send, probe, close: closeBoth }), internal }
}

/** Asks each of several copies whether it is ready. */
function watchReadiness(list: () => readonly RemoteCopy[], everyMs: number) {
  /** It does not respond. The last copy remains in service. */
  const leave = (copy: Copy): void => {
    const hasOthers = list().some((other) => other.copy !== copy && !other.copy.isOut())
    copy.setOut(hasOthers)
    if (hasOthers) copy.abortQueries()
  }
  const check = async ({ copy, internal }: RemoteCopy): Promise<void> => {
    const askedAt = performance.now()
    try {
      const { statusCode } = await requestInternal(internal, probePaths.ready, {
        timeoutMs: everyMs,
      })
      copy.setOut(statusCode === 503)
    } catch {
      // A deadline that is noticed late says that this process was busy, and nothing about the copy.
      if (performance.now() - askedAt < everyMs * 1.5) leave(copy)
    }
  }
  const timer = setInterval(() => {
    const present = list()
    // With one copy there is no choice.
    if (present.length > 1) void Promise.all(present.map(check))
  }, everyMs).unref()
  return { leave, stop: () => clearInterval(timer) }
}

/** The copies at the addresses of a subgraph's URLs, and which of them are in service. */
export async function openRemoteCopies(options: RemoteOptions): Promise<RemoteCopies> {
  const { place, lookUp, readyEveryMs } = options
  const open = new Map<string, RemoteCopy>()
  const list = (): readonly RemoteCopy[] => [...open.values()]

  async function resolve(): Promise<void> {
    const addresses = await resolveUrls(place.urls, lookUp)
    for (const address of addresses) {
      if (!open.has(address.name)) open.set(address.name, openRemoteCopy(address, options))
    }
    const names = new Set(addresses.map(({ name }) => name))
    for (const [name, { copy }] of [...open]) {
      if (names.has(name)) continue
      open.delete(name)
      void closeWhenIdle(copy)
    }
  }

  await resolve()
  const readiness = watchReadiness(list, readyEveryMs)
  const resolving = place.urls.some(isNamed)
    ? setInterval(() => void resolve(), resolveEveryMs).unref()
    : undefined

  return {
    list: () => list().map(({ copy }) => copy),
    addresses: () =>
      list()
        .toSorted((one, other) => Number(one.copy.isOut()) - Number(other.copy.isOut()))
        .map(({ internal }) => internal),
    notice: (copy, failure) => {
      if (isOneOf(['connection'])(failure) && !failure.isSent) readiness.leave(copy)
    },
    close: async () => {
      readiness.stop()
      clearInterval(resolving)
      await Promise.all(list().map(({ copy }) => copy.close()))
    },
  }
}

const idleCheckMs = 1_000

/** A copy whose address is gone may still answer the calls that it received. */
async function closeWhenIdle(copy: Copy): Promise<void> {
  copy.setOut(true)
  if (copy.callsInProgress() === 0) await copy.close()
  else setTimeout(() => void closeWhenIdle(copy), idleCheckMs).unref()
}
