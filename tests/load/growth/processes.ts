import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

/** The kernel counts CPU time in hundredths of a second. */
const msPerTick = 10
/** The places of user and system time behind the name of the program, which may contain spaces. */
const [userPlace, systemPlace] = [11, 12]

function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[userPlace]) + Number(fields[systemPlace])) * msPerTick
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** User and system time of all these processes so far, in milliseconds. */
export const cpuMs = (pids: readonly number[]): number => sum(pids.map(cpuOf))

/** The processes that a process has started. */
const childrenOf = (pid: number): readonly number[] =>
  readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8')
      .split(' ')
      .flatMap((child) => (child.trim() ? [Number(child)] : [])),
  )

/** What a process and its children use while they are left alone, in percent of one core. */
export async function restPercent(pid: number, seconds: number): Promise<number> {
  const pids = [pid, ...childrenOf(pid)]
  const [startedAt, before] = [performance.now(), cpuMs(pids)]
  await delay(seconds * 1_000)
  return (100 * (cpuMs(pids) - before)) / (performance.now() - startedAt)
}

/** Forgets the peaks of these processes so far. */
export function resetPeaks(pids: readonly number[]): void {
  for (const pid of pids) writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

/** The peaks of resident memory of these processes since the last reset, together. */
export const peakMb = (pids: readonly number[]): number =>
  sum(
    pids.map((pid) => {
      const [, kilobytes = '0'] =
        /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
      return Number(kilobytes) / 1024
    }),
  )

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
