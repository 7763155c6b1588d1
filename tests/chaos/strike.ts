import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import type { SubgraphName } from '@cnop/schema/read'
import { type Circuit, watchCircuit } from './circuit.ts'
import { askPanel, loadPanels, panels, type Sample } from './panels.ts'
import type { Stage } from './stage.ts'

interface Blow {
  readonly name: SubgraphName
  readonly signal: 'SIGSTOP' | 'SIGKILL'
}

export interface Pace {
  readonly perSecond: number
  /** How long a stopped process stays stopped. */
  readonly stoppedSeconds: number
}

export interface Aftermath {
  readonly blow: Blow
  readonly samples: readonly Sample[]
  /** Milliseconds until a panel of the failed subgraph was refused while the circuit was open. */
  readonly refusalsMs: readonly number[]
  /** Seconds from the first healthy response of the process until a panel that needs it is complete. */
  readonly recoverySeconds: number
}

const recoveryDeadlineMs = 30_000
/** Slow enough that the polling of the harness adds no noticeable load. */
const pollEveryMs = 100

async function isUp(port: number): Promise<boolean> {
  try {
    const url = `http://127.0.0.1:${port}/internal/health`
    return (await fetch(url, { signal: AbortSignal.timeout(1_000) })).status === 200
  } catch {
    return false
  }
}

async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
  const giveUpAt = performance.now() + recoveryDeadlineMs
  while (!(await isSo())) {
    if (performance.now() > giveUpAt)
      throw new Error(`${what}: not within ${recoveryDeadlineMs} ms`)
    await delay(pollEveryMs)
  }
}

/** The panel that needs the subgraph and the fewest others. */
const panelOf = (name: SubgraphName) => {
  const fitting = panels.filter(({ needs }) => needs.includes(name))
  return fitting.toSorted((a, b) => a.needs.length - b.needs.length)[0]!
}

/** Stops or kills one subgraph under load, restores it, and returns the responses that users received meanwhile. */
export async function strike(stage: Stage, blow: Blow, pace: Pace): Promise<Aftermath> {
  const { split, token, ports } = stage
  const { name, signal } = blow
  const service = split.services.find((each) => each.name === name)
  if (!service) throw new Error(`There is no process ${name}.`)
  const { pid } = service
  const load = loadPanels(split.origin, token, pace.perSecond)
  const circuit = watchCircuit(split.origin, name)
  process.kill(pid, signal)
  if (signal === 'SIGSTOP') {
    await delay(pace.stoppedSeconds * 1_000)
    process.kill(pid, 'SIGCONT')
  } else {
    // The supervisor must have replaced the process: the old one may still be exiting.
    await until(() => Promise.resolve(service.pid !== pid), `${name} is started again`)
  }
  await until(() => isUp(ports[name]), `${name} is up`)
  const revivedAt = performance.now()
  await until(
    async () => (await askPanel(split.origin, token, panelOf(name))).isWhole,
    `${name} recovers`,
  )
  const recoverySeconds = (performance.now() - revivedAt) / 1_000
  await delay(500)
  const samples = await load.stop()
  await circuit.stop()
  const struck = samples.filter(({ panel }) => panel.needs.includes(name))
  return { blow, samples, refusalsMs: listRefusals(struck, circuit), recoverySeconds }
}

/**
 * Durations of the requests during which the circuit was open. Failed panels cannot show when it opened: panels of
 * public data share one call.
 */
const listRefusals = (struck: readonly Sample[], circuit: Circuit): number[] =>
  struck
    .filter(({ isWhole, sentAt, ms }) => !isWhole && circuit.wasOpen(sentAt, sentAt + ms))
    .map(({ ms }) => ms)
