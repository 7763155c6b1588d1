import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import type { SubgraphName } from '@cnop/schema/read'

interface Look {
  readonly askedAt: number
  readonly answeredAt: number
  readonly isOpen: boolean
}

export interface Circuit {
  /** Whether every observation between two moments shows an open circuit. */
  wasOpen(from: number, until: number): boolean
  stop(): Promise<void>
}

const lookEveryMs = 200

async function look(origin: string, name: SubgraphName): Promise<Look> {
  const askedAt = performance.now()
  const answer = await fetch(`${origin}/system/breakers`)
  const { breakers } = (await answer.json()) as { breakers: { subgraph: string; state: string }[] }
  const isOpen = breakers.some(({ subgraph, state }) => subgraph === name && state === 'open')
  return { askedAt, answeredAt: performance.now(), isOpen }
}

/** Polls whether the router's circuit to a subgraph is open. */
export function watchCircuit(origin: string, name: SubgraphName): Circuit {
  const looks: Look[] = []
  const stopping = new AbortController()
  const watch = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      looks.push(await look(origin, name))
      await delay(lookEveryMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }
  const watching = watch()
  return {
    wasOpen: (from, until) => {
      const before = looks.findLastIndex(({ answeredAt }) => answeredAt <= from)
      const after = looks.findIndex(({ askedAt }) => askedAt >= until)
      if (before < 0 || after < 0) return false
      return looks.slice(before, after + 1).every(({ isOpen }) => isOpen)
    },
    stop: () => {
      stopping.abort()
      return watching
    },
  }
}
