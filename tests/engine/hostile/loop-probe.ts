/**
 * Loaded into the served process ahead of its program: measures how long its event loop is blocked. The time that the
 * thread waits for a processor is not counted (Linux tells it), so that other programs of the machine do not disturb.
 */
import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'

const periodMs = 2
let longestMs = 0
let seenAt = performance.now()
let waitedMs = readWaited()

function readWaited(): number {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'latin1').split(' ')[1]) / 1e6
  } catch {
    return 0
  }
}

function look(): void {
  const now = performance.now()
  const waited = readWaited()
  longestMs = Math.max(longestMs, now - seenAt - periodMs - (waited - waitedMs))
  waitedMs = waited
  seenAt = now
}

setInterval(look, periodMs).unref()

process.on('message', (message) => {
  if (message !== 'longest block') return
  look()
  process.send?.({ longestMs })
  longestMs = 0
})
process.channel?.unref()
