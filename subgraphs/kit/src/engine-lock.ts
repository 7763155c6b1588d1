import { readFileSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

export const lockFile = 'engine.pid'

/** The lock file of a data directory: which engine has it open, and which process supervises that engine. */
export interface EngineLock {
  /** Records the running engine. */
  readonly record: (enginePid: number) => void
  readonly release: () => void
}

interface Holder {
  readonly enginePid: number
  readonly keeperPid: number
  /** When the keeper started, because its pid may have been reused. */
  readonly keeperBegan: string
}

/**
 * Locks the data directory for this process. It is refused while another process holds it, even while that one's engine
 * restarts: two engines must not share a file. An orphaned engine is ended first.
 */
export async function lockDirectory(directory: string, binary: string): Promise<EngineLock> {
  const path = join(directory, lockFile)
  for (let attempt = 0; attempt < 3; attempt++) {
    if (claim(path)) {
      return {
        record: (enginePid) => {
          writeFileSync(path, holderLine(enginePid))
        },
        release: () => {
          rmSync(path, { force: true })
        },
      }
    }
    await evict(path, directory, binary)
  }
  throw new Error(`The data directory ${directory} is contested: ${path} keeps coming back.`)
}

function claim(path: string): boolean {
  try {
    writeFileSync(path, holderLine(0), { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

const holderLine = (enginePid: number): string =>
  `${enginePid} ${process.pid} ${beganAt(process.pid)}\n`

async function evict(path: string, directory: string, binary: string): Promise<void> {
  const { enginePid, keeperPid, keeperBegan } = readHolder(path)
  if (keeperBegan !== '' && beganAt(keeperPid) === keeperBegan) {
    throw new Error(`Process ${keeperPid} has the data directory ${directory} open. Stop it first.`)
  }
  await end(enginePid, binary)
  rmSync(path, { force: true })
}

function readHolder(path: string): Holder {
  const [enginePid = '', keeperPid = '', keeperBegan = ''] = readText(path).trim().split(/\s+/)
  return { enginePid: toPid(enginePid), keeperPid: toPid(keeperPid), keeperBegan }
}

const toPid = (text: string): number => (/^\d{1,10}$/.test(text) ? parseInt(text, 10) : 0)

/** The start time of a process in ticks since boot; empty when it does not exist. */
function beganAt(pid: number): string {
  const [, afterName = ''] = /\) (.*)/.exec(readText(`/proc/${pid}/stat`)) ?? []
  return afterName.split(' ')[19] ?? ''
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** Whether a process runs the engine's binary: the pid of an old file may have been reused. */
function isOurs(pid: number, binary: string): boolean {
  if (pid <= 1) return false
  try {
    return readlinkSync(`/proc/${pid}/exe`) === realpathSync(binary)
  } catch {
    return false
  }
}

async function end(pid: number, binary: string): Promise<void> {
  for (let round = 0; round < 200 && isOurs(pid, binary); round++) {
    kill(pid, round < 100 ? 'SIGTERM' : 'SIGKILL')
    await delay(20)
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has already ended.
  }
}
