import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freeLoopbackPort, startChild, stopChild } from '@cnop/kit/child'

/** The platform as `npm start` runs it: a separate process, with the embedded store beside it. */
export interface Platform {
  readonly origin: string
  /** Resident memory of the process, in megabytes, without the separate process of the store. */
  residentMb(): number
  /** The lag of the event loop since the previous call. */
  readLoopLag(): Promise<LoopLag>
  stop(): Promise<void>
}

/** In milliseconds. */
export interface LoopLag {
  readonly p99Ms: number
  readonly longestMs: number
}

const root = fileURLToPath(new URL('../../../', import.meta.url))
const readyDeadlineMs = 120_000
const patienceMs = 20_000

/** The Node flags of the script `start`. */
function readFlags(): string[] {
  const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
    scripts: { start: string }
  }
  return scripts.start.split(' ').slice(1, -1)
}

export async function startPlatform(env: Readonly<Record<string, string>>): Promise<Platform> {
  const port = await freeLoopbackPort()
  const child = await startChild(process.execPath, [...readFlags(), `${root}ops/start.ts`], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      ROUTER_PORT: String(port),
      ROUTER_HOST: '127.0.0.1',
      WEB_ENABLED: 'false',
      LOG_LEVEL: 'error',
      ...env,
    },
  })
  const origin = `http://127.0.0.1:${port}`
  try {
    await untilHealthy(origin)
  } catch (error) {
    await stopChild(child)
    throw new Error(`The platform did not start: ${child.lastOutput()}`, { cause: error })
  }
  return {
    origin,
    residentMb: () => readResidentMb(child.pid),
    readLoopLag: () => readLoopLag(origin),
    stop: () => stopChild(child, patienceMs),
  }
}

async function untilHealthy(origin: string): Promise<void> {
  const giveUpAt = performance.now() + readyDeadlineMs
  for (;;) {
    const status = await fetch(`${origin}/health`)
      .then(async (answer) => ((await answer.json()) as { status: string }).status)
      .catch((error: unknown) => String(error))
    if (status === 'healthy') return
    if (performance.now() > giveUpAt) throw new Error(status)
    await delay(100)
  }
}

function readResidentMb(pid: number): number {
  const [, kilobytes] =
    /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  if (kilobytes === undefined) throw new Error('The size of the process is unknown.')
  return parseInt(kilobytes, 10) / 1024
}

/** Reading the metrics resets the lag, so nothing else may read them meanwhile. */
async function readLoopLag(origin: string): Promise<LoopLag> {
  const text = await (await fetch(`${origin}/metrics`)).text()
  const read = (name: string): number => {
    const [, seconds] = new RegExp(`^${name} (\\S+)$`, 'm').exec(text) ?? []
    if (seconds === undefined) throw new Error(`The platform’s metrics lack its ${name}.`)
    return Number(seconds) * 1_000
  }
  return {
    p99Ms: read('nodejs_eventloop_lag_p99_seconds'),
    longestMs: read('nodejs_eventloop_lag_max_seconds'),
  }
}
