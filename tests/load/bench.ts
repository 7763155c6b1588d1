import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'

const lockPath = join(tmpdir(), 'cnop-bench.lock')

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Concurrent benchmarks distort each other, so the second one is refused. */
function lock(): () => void {
  if (existsSync(lockPath)) {
    const pid = parseInt(readFileSync(lockPath, 'utf8'), 10)
    if (isAlive(pid)) throw new Error(`Another benchmark is running as process ${pid}.`)
    rmSync(lockPath)
  }
  const file = openSync(lockPath, 'wx')
  writeSync(file, String(process.pid))
  closeSync(file)
  return () => rmSync(lockPath, { force: true })
}

/** Runs a benchmark exclusively, prints the load of the machine, and prints the figures as the last line. */
export async function bench(run: () => Promise<Record<string, unknown>>): Promise<void> {
  const unlock = lock()
  try {
    const load = loadavg().map((value) => value.toFixed(2))
    console.log(
      `Load ${load.join(' ')}, Node ${process.version}, flags ${process.execArgv.join(' ')}`,
    )
    console.log(JSON.stringify(await run()))
  } finally {
    unlock()
  }
}

/** Works in a new temporary folder, which is removed afterwards. */
export async function inNewFolder<Result>(
  work: (directory: string) => Promise<Result>,
): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), 'cnop-bench-'))
  try {
    return await work(directory)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** The durations of consecutive runs, in milliseconds. */
export async function timeEach(count: number, run: () => Promise<unknown>): Promise<number[]> {
  const samples: number[] = []
  for (let index = 0; index < count; index++) {
    const startedAt = performance.now()
    await run()
    samples.push(performance.now() - startedAt)
  }
  return samples
}
