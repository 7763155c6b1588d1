/** Loaded into a gateway before its program: on SIGUSR2, how late its event loop has been since the last one goes to a file. */
import { writeFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'

const delays = monitorEventLoopDelay({ resolution: 1 })
delays.enable()
process.on('SIGUSR2', () => {
  const p999Ms = delays.percentile(99.9) / 1e6
  delays.reset()
  writeFileSync(process.env['LOOP_WATCH_FILE'] ?? '', String(p999Ms))
})
