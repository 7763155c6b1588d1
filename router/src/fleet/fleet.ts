import { setTimeout as delay } from 'node:timers/promises'
import type { EventBus } from '@cnop/kit/bus'
import type { Clock } from '@cnop/kit/clock'
import { sortableIds } from '@cnop/kit/ids'
import type { Log } from '@cnop/kit/log'
import type { RedisConnection } from '@cnop/kit/redis'
import { fleetAnswered, fleetAsked, type MessageOf } from '@cnop/schema/events'
import { joinMembers, type Members } from './members.ts'

/** The parts of all routers, that of this one first. */
export interface FleetView<Part> {
  readonly parts: readonly { readonly router: string; readonly part: Part }[]
  /** Routers whose part is missing. */
  readonly missing: readonly string[]
}

/** Reads the part of this router. Query and part travel as JSON. */
type ReadPart<Query, Part> = (query: Query) => Part | Promise<Part>

/** All routers of the platform, as each of them sees the others: through Redis. Without Redis it is alone. */
export interface Fleet {
  /** Defines a view; returns a function that reads it from all routers. */
  readonly view: <Query, Part>(
    name: string,
    read: ReadPart<Query, Part>,
  ) => (query: Query) => Promise<FleetView<Part>>
  readonly close: () => Promise<void>
}

interface FleetOptions {
  /** Unique among the routers. */
  readonly name: string
  readonly bus: EventBus
  readonly redis: RedisConnection | undefined
  readonly now: Clock
  readonly log: Pick<Log, 'warn'>
}

const deadlineMs = 1_000
const unref = { ref: false } as const

type Reads = ReadonlyMap<string, ReadPart<never, unknown>>
type Take = (router: string, body: string) => void

export async function openFleet(options: FleetOptions): Promise<Fleet> {
  const { name, redis, now } = options
  const reads = new Map<string, ReadPart<never, unknown>>()
  const members = redis && joinMembers(redis, name, now)
  const others = members && (await openOthers(options, members, reads))
  return {
    view: <Query, Part>(view: string, read: ReadPart<Query, Part>) => {
      reads.set(view, read)
      return async (query: Query) => {
        const [part, far] = await Promise.all([read(query), others?.ask(view, query)])
        const parts = (far?.bodies ?? []).map(({ router, body }) => ({
          router,
          part: JSON.parse(body) as Part,
        }))
        return { parts: [{ router: name, part }, ...parts], missing: far?.missing ?? [] }
      }
    },
    close: async () => {
      others?.close()
      await members?.leave()
    },
  }
}

interface Bodies {
  readonly bodies: readonly { readonly router: string; readonly body: string }[]
  readonly missing: readonly string[]
}

/** Answers what another router asks. */
const openAnswers =
  ({ name, bus, log }: Pick<FleetOptions, 'name' | 'bus' | 'log'>, reads: Reads) =>
  async ({ id, router, view, query }: MessageOf<typeof fleetAsked>): Promise<void> => {
    try {
      const part = await reads.get(view)?.(JSON.parse(query) as never)
      if (part === undefined) return
      const body = JSON.stringify(part)
      await bus.publish(fleetAnswered(router), { id, router: name, body })
    } catch (error) {
      log.warn({ action: 'fleet.failed', error, extra: { view } }, 'A view could not be read.')
    }
  }

async function openOthers({ name, bus, log }: FleetOptions, members: Members, reads: Reads) {
  const newId = sortableIds()
  const answer = openAnswers({ name, bus, log }, reads)
  const waiting = new Map<string, Take>()

  const ends = await Promise.all([
    bus.subscribe(fleetAnswered(name), ({ id, router, body }) => waiting.get(id)?.(router, body)),
    bus.subscribe(fleetAsked, ({ id, router, view, query }) => {
      if (router !== name) void answer({ id, router, view, query })
    }),
  ])

  async function collect(running: readonly string[], view: string, query: unknown) {
    const bodies = new Map<string, string>()
    if (running.length === 0) return bodies
    const id = newId('ask')
    const isComplete = new Promise<void>((resolve) => {
      waiting.set(id, (router, body) => {
        bodies.set(router, body)
        if (running.every((each) => bodies.has(each))) resolve()
      })
    })
    await bus.publish(fleetAsked, { id, router: name, view, query: JSON.stringify(query) })
    await Promise.race([isComplete, delay(deadlineMs, undefined, unref)])
    waiting.delete(id)
    return bodies
  }

  return {
    ask: async (view: string, query: unknown): Promise<Bodies> => {
      const known = await members.list().catch(() => undefined)
      if (!known) return { bodies: [], missing: ['other routers: Redis does not answer'] }
      const bodies = await collect(known.running, view, query)
      return {
        bodies: [...bodies].map(([router, body]) => ({ router, body })),
        missing: [...known.running.filter((each) => !bodies.has(each)), ...known.silent],
      }
    },
    close: () => {
      for (const end of ends) end()
    },
  }
}
