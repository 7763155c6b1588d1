import { readFileSync } from 'node:fs'

const pollMs = 500

/** The parent of a process; undefined where the system does not provide it. */
function parentOf(pid: number): number | undefined {
  try {
    const [, afterName = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
    return parseInt(afterName.split(' ')[1] ?? '', 10)
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/**
 * `npm start` is three processes: npm, a shell, and this one. A killed npm cannot notify this process, so it checks
 * whether npm and the shell still run, and shuts down when one of them has exited.
 */
export function endWithNpm(): void {
  if (process.env['npm_lifecycle_event'] === undefined) return
  const shell = process.ppid
  const npm = parentOf(shell)
  const timer = setInterval(() => {
    if (process.ppid === shell && (npm === undefined || isAlive(npm))) return
    clearInterval(timer)
    process.kill(process.pid, 'SIGTERM')
  }, pollMs)
  timer.unref()
}
