import { type ComponentType, lazy, type LazyExoticComponent, useSyncExternalStore } from 'react'
import { backOffMs, whenBack } from './reconnect.ts'

/** Which build last reloaded the page for a missing file, and when. */
const reloadName = 'cnop-reloaded'
/** A page that was reloaded for a missing file is not reloaded again this soon. */
const reloadPauseMs = 60_000

let waiting = 0
const listeners = new Set<() => void>()

function changeWaiting(by: number): void {
  waiting += by
  listeners.forEach((listener) => listener())
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** Whether a part of the app could not be fetched yet and is tried again. */
export const useIsWaitingForCode = (): boolean => useSyncExternalStore(subscribe, () => waiting > 0)

const isReachable = (): Promise<boolean> =>
  fetch('/', { method: 'HEAD', cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => false,
  )

function pause(failures: number): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer)
      stopListening()
      resolve()
    }
    const timer = setTimeout(finish, backOffMs(failures))
    const stopListening = whenBack(finish)
  })
}

async function untilReachable(): Promise<void> {
  for (let failures = 0; !(await isReachable()); failures += 1) await pause(failures)
}

/** Reloads the page, once for a build: a new deployment names its files anew, and the page learns the names. */
function mayReload(): boolean {
  const build = import.meta.url
  const [known, at = '0'] = (sessionStorage.getItem(reloadName) ?? '').split(' ')
  if (known === build && Date.now() - Number(at) < reloadPauseMs) return false
  sessionStorage.setItem(reloadName, `${build} ${Date.now()}`)
  return true
}

/** Fetches code; what failed without a connection is fetched again when there is one. */
export async function loadPatiently<T>(
  load: () => Promise<T>,
  reload: () => void = () => window.location.reload(),
): Promise<T> {
  try {
    return await load()
  } catch {
    changeWaiting(1)
  }
  try {
    await untilReachable()
    return await load()
  } catch (error) {
    // The server answers and the file is not to be had: the page is older than the server, or the browser remembers
    // the failure. Either is over after a reload.
    if (!mayReload()) throw error
    reload()
    return await new Promise<never>(() => undefined)
  } finally {
    changeWaiting(-1)
  }
}

/** A component whose code is fetched when it is first shown. */
export const lazily = <Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): LazyExoticComponent<ComponentType<Props>> =>
  lazy(async () => ({ default: await loadPatiently(load) }))
