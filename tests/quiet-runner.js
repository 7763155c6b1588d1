import { setImmediate } from 'node:timers/promises'
import circus from 'jest-circus/runner'

const bytesKept = 4_000_000

/** Replaces `write` of an output stream by a function that records the text. The returned function restores it. */
function capture(stream, keep) {
  const { write } = stream
  stream.write = (chunk, encoding, callback) => {
    keep({ write: write.bind(stream), chunk })
    const done = typeof encoding === 'function' ? encoding : callback
    if (done) process.nextTick(done)
    return true
  }
  return () => {
    stream.write = write
  }
}

/** Node does not print warnings through `process.stderr`, so its listener is replaced while a suite runs. */
function captureWarnings() {
  const listeners = process.listeners('warning')
  process.removeAllListeners('warning')
  process.on('warning', ({ name, message }) => {
    if (name !== 'ExperimentalWarning') process.stderr.write(`${name}: ${message}\n`)
  })
  return () => {
    process.removeAllListeners('warning')
    for (const listener of listeners) process.on('warning', listener)
  }
}

/** A jest runner that prints the output of a suite only when the suite fails. */
export default async function runQuietly(...parameters) {
  const [, , environment] = parameters
  const kept = []
  let bytes = 0
  const keep = (output) => {
    kept.push(output)
    bytes += output.chunk.length
    while (bytes > bytesKept) bytes -= kept.shift().chunk.length
  }
  const undo = [
    capture(process.stdout, keep),
    capture(process.stderr, keep),
    captureWarnings(),
  ].toReversed()
  let hasFailed = true
  try {
    const result = await circus.default(...parameters)
    hasFailed = result.numFailingTests > 0 || result.testExecError !== undefined
    return result
  } finally {
    // Warnings are emitted on the next tick.
    await setImmediate()
    for (const restore of undo) restore()
    if (hasFailed) for (const { write, chunk } of kept) write(chunk)
    // Jest reports this buffer with the result of the suite.
    else environment.global.console.getBuffer?.()?.splice(0)
  }
}
