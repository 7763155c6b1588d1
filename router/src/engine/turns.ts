/**
 * Long work in turns: it lets the event loop go on between its parts, so that other requests are answered meanwhile.
 */
import { performance } from 'node:perf_hooks'

/** How long one turn may take, in milliseconds. */
const mostTurnMs = 5

/** Called between the parts of a work: undefined while its turn lasts, and otherwise the begin of the next one. */
export type Pause = (isOver?: boolean) => Promise<void> | undefined

export function openTurns(): Pause {
  let since = performance.now()
  const begin = (resolve: () => void) => {
    since = performance.now()
    resolve()
  }
  return (isOver = false) => {
    if (!isOver && performance.now() - since < mostTurnMs) return undefined
    return new Promise((resolve) => setImmediate(begin, resolve))
  }
}

/** Joins chunks, as Buffer.concat does. */
export async function concatInTurns(
  chunks: readonly Uint8Array[],
  size: number,
  pause = openTurns(),
): Promise<Buffer> {
  const whole = Buffer.allocUnsafe(size)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
    const turn = pause()
    if (turn) await turn
  }
  return whole
}

/** Admits requests: those that arrive together begin one after the other, once a turn is over. */
export function openAdmission(): Pause {
  const waiting: (() => void)[] = []
  let since: number | undefined
  const end = () => (since = undefined)
  const admitNext = () => {
    waiting.shift()?.()
    if (waiting.length > 0) setImmediate(admitNext)
  }
  return () => {
    if (waiting.length === 0) {
      const now = performance.now()
      if (since === undefined) {
        since = now
        setImmediate(end)
      }
      if (now - since < mostTurnMs) return undefined
      setImmediate(admitNext)
    }
    return new Promise((resolve) => waiting.push(resolve))
  }
}
