import { type ComponentType, lazy, type LazyExoticComponent, useSyncExternalStore } from 'react'
import { backOffMs, whenBack } from './reconnect.ts'
import { isReachable } from './use-is-offline.ts'

/** The build that last reloaded the page because of a missing file, and the time. */
const reloadName = 'cnop-reloaded'
/** The minimum time between two reloads of the page because of a missing file. */
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

/** Whether code of the app could not be loaded and is being retried. */
export const useIsWaitingForCode = (): boolean => useSyncExternalStore(subscribe, () => waiting > 0)

const pauses = new Set<() => void>()

/** Tries at once to load what is missing. */
export const retryCode = (): void => pauses.forEach((finish) => finish())

function pause(failures: number): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer)
      stopListening()
      pauses.delete(finish)
      resolve()
    }
    pauses.add(finish)
    const timer = setTimeout(finish, backOffMs(failures))
    const stopListening = whenBack(finish)
  })
}

async function untilReachable(): Promise<void> {
  for (let failures = 0; !(await isReachable()); failures += 1) await pause(failures)
}

/** Allows one reload per build: a new deployment has new file names, which the reloaded page contains. */
function mayReload(): boolean {
  const build = import.meta.url
  const [known, at = '0'] = (sessionStorage.getItem(reloadName) ?? '').split(' ')
  if (known === build && Date.now() - Number(at) < reloadPauseMs) return false
  sessionStorage.setItem(reloadName, `${build} ${Date.now()}`)
  return true
}

/** Loads code. After a failure without a connection it is loaded again when the connection returns. */
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
    // The server responds without the file: the page is older than the server, or the browser has cached the failure. A
    // reload fixes both.
    if (!mayReload()) throw error
    reload()
    return await new Promise<never>(() => undefined)
  } finally {
    changeWaiting(-1)
  }
}

type Lazy<Props extends object> = LazyExoticComponent<ComponentType<Props>> & {
  /** Loads the code ahead: the component then renders at once. */
  readonly preload: () => Promise<unknown>
}

/** A component whose code is loaded when it is first rendered. */
export function lazily<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): Lazy<Props> {
  let loaded: { readonly default: ComponentType<Props> } | undefined
  const preload = async () => {
    loaded ??= { default: await loadPatiently(load) }
    return loaded
  }
  /** React renders without a fallback what resolves before `then` returns. */
  const atOnce = { then: (resolve: (module: typeof loaded) => void) => resolve(loaded) }
  const component = lazy(() => (loaded ? (atOnce as ReturnType<typeof preload>) : preload()))
  return Object.assign(component, { preload })
}
