import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freeLoopbackPort } from '@cnop/kit/child'
import { type SubgraphName, subgraphNames } from '@cnop/schema/read'
import { type Split, startSplit } from '../../ops/split/split.ts'
import { createClient } from '../world/client.ts'
import { createTrader } from '../world/trader.ts'
import { askPanel, panels } from './panels.ts'

/** The platform as seven processes and a store, and a user of its panels. */
export interface Stage {
  readonly split: Split
  readonly token: string
  readonly ports: Readonly<Record<SubgraphName, number>>
  stop(): Promise<void>
}

/** One client exceeds the usual limits. The raised values are printed with the result. */
export const raisedLimits = {
  RATE_LIMIT_PER_MINUTE: '1000000',
  SERVICE_RATE_LIMITS: subgraphNames.map((name) => `${name}=1000000`).join(','),
  FIELD_RATE_LIMITS: 'insight=1000000',
  COST_PER_MINUTE: '1000000000',
}

async function choosePorts(): Promise<Record<SubgraphName, number>> {
  const ports = new Map<SubgraphName, number>()
  for (const name of subgraphNames) ports.set(name, await freeLoopbackPort())
  return Object.fromEntries(ports) as Record<SubgraphName, number>
}

/** Starts everything and waits until every panel is complete. */
export async function openStage(env: Readonly<Record<string, string>> = {}): Promise<Stage> {
  const directory = mkdtempSync(join(tmpdir(), 'cnop-chaos-'))
  const ports = await choosePorts()
  const split = await startSplit({
    env: {
      DATA_DIRECTORY: directory,
      LOG_LEVEL: 'silent',
      WEB_ENABLED: 'false',
      SEED_DEMO_USER: 'false',
      ...raisedLimits,
      ...env,
    },
    ports,
    onLine: () => undefined,
  })
  const stop = async (): Promise<void> => {
    await split.stop()
    rmSync(directory, { recursive: true, force: true })
  }
  try {
    const trader = await createTrader(createClient(split.origin))
    await trader.deposits('1000.00')
    await trader.buys('0.001', 'BTC')
    for (const panel of panels) {
      const { isWhole, status } = await askPanel(split.origin, trader.token, panel)
      if (!isWhole) throw new Error(`${panel.name} returns ${status} without any fault.`)
    }
    return { split, token: trader.token, ports, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
