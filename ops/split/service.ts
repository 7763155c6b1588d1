import { setTimeout as delay } from 'node:timers/promises'
import { type Child, startChild, stopChild } from '@cnop/kit/child'

export interface ServiceOptions {
  readonly name: string
  /** The file of its program. */
  readonly program: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly onLine: (line: string) => void
}

/** A supervised process: when it exits, it is replaced. */
export interface SupervisedService {
  readonly name: string
  readonly pid: number
  /** The number of restarts. */
  readonly restarts: number
  /** Ends the process as a crash would. */
  kill(): void
  stop(): Promise<void>
}

const flags = ['--max-semi-space-size=64', '--max-old-space-size=1024']
const firstPauseMs = 100
const longestPauseMs = 3_000
const patienceMs = 10_000

const start = ({ program, env, onLine }: ServiceOptions): Promise<Child> =>
  startChild(process.execPath, [...flags, program], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      ...env,
    },
    onLine,
  })

/** Waits; returns false when it was stopped meanwhile. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await delay(ms, undefined, { signal })
    return true
  } catch {
    return false
  }
}

/** A function, because the compiler assumes that a property does not change during an await. */
const isStopped = (signal: AbortSignal): boolean => signal.aborted

/** Starts a process, and restarts it after a growing delay whenever it exits before `stop`. */
export async function superviseService(options: ServiceOptions): Promise<SupervisedService> {
  let child = await start(options)
  let restarts = 0
  const stopping = new AbortController()

  const watch = async (): Promise<void> => {
    let pauseMs = firstPauseMs
    for (;;) {
      const how = await child.ended
      if (isStopped(stopping.signal)) return
      options.onLine(`ended (${how}); starting again in ${pauseMs} ms`)
      if (!(await pause(pauseMs, stopping.signal))) return
      pauseMs = Math.min(pauseMs * 2, longestPauseMs)
      child = await start(options)
      restarts += 1
      // Stopped during its start: nothing else has a reference to this process.
      if (isStopped(stopping.signal)) await stopChild(child, patienceMs)
    }
  }
  const watching = watch()

  return {
    name: options.name,
    get pid() {
      return child.pid
    },
    get restarts() {
      return restarts
    },
    kill: () => void child.process.kill('SIGKILL'),
    stop: async () => {
      stopping.abort()
      await stopChild(child, patienceMs)
      await watching
    },
  }
}
