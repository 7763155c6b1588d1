import { chmodSync, existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { join, dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { startChild, stopChild, type Child, findOnPath } from './child.ts'
import { makeDirectory } from './directories.ts'
import { type EngineAddress, findEngineAddress, isEngineUp } from './engine-address.ts'
import { lockDirectory, lockFile, type EngineLock } from './engine-lock.ts'
import type { Log } from './log.ts'
import { createRequire } from 'node:module'

export interface EmbeddedOptions {
  /** Where the rows are kept; absent: in memory, until the engine ends. */
  readonly directory?: string | undefined
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>
}

export interface EmbeddedEngine {
  /** Constant for the lifetime of this process, also when the engine restarts. */
  readonly endpoint: string
  /** The engine's process; another one after a restart. */
  readonly pid: number
  stop(): Promise<void>
}

interface Engine {
  readonly binary: string
  readonly address: EngineAddress
  readonly directory: string | undefined
  readonly log: EmbeddedOptions['log']
}

/** The file of the rows in the directory of a store. */
const fileIn = (directory: string): string => join(directory, 'dynamo.sqlite')

/** Whether a directory has the rows of an embedded store. */
export const hasStore = (directory: string): boolean => existsSync(fileIn(directory))

/** Deletes the rows of an embedded store. Refused like a start while another process has it open. */
export async function deleteStore(directory: string): Promise<void> {
  const lock = await lockDirectory(directory, findEngine())
  for (const name of readdirSync(directory))
    if (name !== lockFile) rmSync(join(directory, name), { recursive: true })
  // Last, so that nothing starts on half of the files.
  lock.release()
  rmdirSync(directory)
}

const startAttempts = 5
const readyWithinMs = 15_000
const firstPauseMs = 50
const longestPauseMs = 5_000
const calmAfterMs = 30_000

/**
 * Starts and supervises the embedded engine on an address that no browser connects to: it is restarted on the same
 * address when it exits, and ends with this process.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedEngine> {
  const { directory, log } = options
  const binary = findEngine()
  if (directory) openDirectory(directory)
  const lock = directory ? await lockDirectory(directory, binary) : undefined
  try {
    const { engine, child } = await startFirst({ binary, directory, log })
    lock?.record(child.pid)
    log.info({ enginePid: child.pid, ...engine.address, directory }, 'The embedded store is ready.')
    return supervise(engine, child, lock)
  } catch (error) {
    lock?.release()
    throw error
  }
}

function openDirectory(directory: string): void {
  makeDirectory(directory, 0o700)
  chmodSync(directory, 0o700)
}

/** Another process may take an address before the engine binds it: then another one is tried. */
async function startFirst(
  wanted: Omit<Engine, 'address'>,
): Promise<{ engine: Engine; child: Child }> {
  let failure: unknown
  for (let attempt = 0; attempt < startAttempts; attempt++) {
    const engine = { ...wanted, address: await findEngineAddress() }
    try {
      return { engine, child: await startOnce(engine) }
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

async function startOnce({ binary, address, directory }: Engine): Promise<Child> {
  const where = directory ? ['--db-path', fileIn(directory)] : []
  const { host, port } = address
  const parameters = ['serve', '--host', host, '--port', `${port}`, ...where]
  const child = await startChild(binary, parameters)
  try {
    await untilReady(child, address)
    return child
  } catch (error) {
    await stopChild(child)
    if (!directory || !saysDamaged.test(child.lastOutput())) throw error
    throw new Error(
      `${fileIn(directory)} is damaged or no store. Restore a backup into another DATA_DIRECTORY (ops/runbooks/restore.md).`,
      { cause: error },
    )
  }
}

/** What the engine says of a file whose pages are overwritten; it takes them for encrypted ones. */
const saysDamaged = /encrypted|malformed|not a database/i

async function untilReady(child: Child, address: EngineAddress): Promise<void> {
  const deadline = performance.now() + readyWithinMs
  let end: string | undefined
  void child.ended.then((how) => (end = how))
  while (performance.now() < deadline) {
    if (end) throw new Error(`The embedded store ended at once (${end}): ${child.lastOutput()}`)
    // Both are checked, because another program may listen on the port.
    if (child.lastOutput().includes('listening') && (await isEngineUp(address))) return
    await delay(5)
  }
  throw new Error(`The embedded store was not ready in ${readyWithinMs} ms: ${child.lastOutput()}`)
}

function supervise(engine: Engine, first: Child, lock: EngineLock | undefined): EmbeddedEngine {
  const stopping = new AbortController()
  let current = first
  const replace = (child: Child): void => {
    current = child
    lock?.record(child.pid)
  }
  const watching = watch(engine, first, replace, stopping.signal)
  return {
    endpoint: `http://${engine.address.host}:${engine.address.port}`,
    get pid() {
      return current.pid
    },
    stop: async () => {
      stopping.abort()
      await stopChild(current)
      await watching
      lock?.release()
    },
  }
}

async function watch(
  engine: Engine,
  first: Child,
  replace: (child: Child) => void,
  stopping: AbortSignal,
): Promise<void> {
  let child: Child | undefined = first
  let deaths = 0
  while (child) {
    const startedAt = performance.now()
    const how = await child.ended
    if (isStopped(stopping)) return
    engine.log.error(
      { enginePid: child.pid, how, output: child.lastOutput() },
      'The embedded store exited.',
    )
    if (!engine.directory) return // Rows in memory are gone, and an empty store would only hide that.
    deaths = performance.now() - startedAt > calmAfterMs ? 0 : deaths + 1
    child = await restart(engine, deaths, stopping)
    if (child) replace(child)
  }
}

/** Restarts the engine until it succeeds: at once, then with exponential backoff. */
async function restart(
  engine: Engine,
  deaths: number,
  stopping: AbortSignal,
): Promise<Child | undefined> {
  for (let failures = Math.max(deaths - 1, 0); !isStopped(stopping); failures++) {
    await pause(failures, stopping)
    try {
      const child = await startOnce(engine)
      if (isStopped(stopping)) {
        await stopChild(child)
        return undefined
      }
      engine.log.warn({ enginePid: child.pid, ...engine.address }, 'The embedded store is back.')
      return child
    } catch (error) {
      engine.log.error({ error, failures }, 'The embedded store does not start again.')
    }
  }
  return undefined
}

async function pause(failures: number, stopping: AbortSignal): Promise<void> {
  if (failures === 0) return
  const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures, 10))
  await delay(pauseMs, undefined, { signal: stopping }).catch(() => undefined)
}

/** A function, because TypeScript narrows a property across an await. */
const isStopped = (stopping: AbortSignal): boolean => stopping.aborted

/** Where the embedded engine is: its npm package on Linux x64, else a `dynoxide` on the search path. */
export function findEngine(packageName = '@dynoxide/linux-x64', program = 'dynoxide'): string {
  const found = fromPackage(packageName) ?? findOnPath(program)
  if (found) return found
  throw new Error(
    `The embedded store has no engine for ${process.platform} ${process.arch}. Put a "${program}" ` +
      'binary on the PATH, or set DYNAMODB_ENDPOINT to a DynamoDB endpoint.',
  )
}

function fromPackage(packageName: string): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${packageName}/package.json`)
    const binary = join(dirname(manifest), 'dynoxide')
    return existsSync(binary) ? binary : undefined
  } catch {
    return undefined
  }
}
