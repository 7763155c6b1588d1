import { Agent, request } from 'undici'
import { startWorld, type World } from '../../world/world.ts'

export interface Sent {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  readonly codes: readonly string[]
}

export interface Letter {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS'
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  /** A string or bytes are sent unchanged, any other value as JSON. */
  readonly body?: unknown
  /** The client address. Every address of 127.0.0.0/8 counts as a separate client. */
  readonly from?: string
}

/** One platform, a function that sends requests to it, and a count of its subgraph calls. */
export interface Target {
  readonly origin: string
  readonly world: World
  send(letter: Letter): Promise<Sent>
  countCalls(): Promise<number>
  /** Subgraph calls that refused requests have caused. */
  leaked: number
}

export interface GuardWorld {
  /** Demo configuration: free text and introspection. */
  readonly open: Target
  /** Production configuration: persisted operations only, no details in errors. */
  readonly closed: Target
  /** Returns an address that has not been used. */
  readonly freshAddress: () => string
  stop(): Promise<void>
}

const agents = new Map<string, Agent>()

function agentOf(address: string): Agent {
  const agent = agents.get(address) ?? new Agent({ localAddress: address })
  agents.set(address, agent)
  return agent
}

const jsonBody = { 'content-type': 'application/json' }
const usualHeaders = {
  accept: 'application/graphql-response+json',
}

function toBytes(body: unknown): string | Buffer | null {
  if (body === undefined) return null
  return typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
}

async function send(origin: string, letter: Letter): Promise<Sent> {
  const { method = 'POST', path = '/graphql', headers = {}, body, from = '127.0.0.1' } = letter
  const answer = await request(`${origin}${path}`, {
    method,
    headers: { ...(body !== undefined && jsonBody), ...usualHeaders, ...headers },
    body: toBytes(body),
    dispatcher: agentOf(from),
  })
  const text = await answer.body.text()
  return { status: answer.statusCode, headers: answer.headers, text, codes: readCodes(text) }
}

function readCodes(text: string): string[] {
  return [...text.matchAll(/"code":"([A-Z_]+)"/g)].map(([, code]) => code ?? '')
}

/** The subgraphs' own counters: every signed call of the router, with any result. */
async function countCalls({ router }: World): Promise<number> {
  const counts = await Promise.all(
    router.subgraphs.map(async ({ place, hosted }) => {
      const metric = hosted?.metrics.registry.getSingleMetric(`${place.name}_requests_total`)
      const { values = [] } = (await metric?.get()) ?? {}
      return values.reduce((sum, { value }) => sum + value, 0)
    }),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}

export async function openTarget(env: Record<string, string>): Promise<Target> {
  const world = await startWorld(env)
  const { origin } = world
  return {
    origin,
    world,
    send: (letter) => send(origin, letter),
    countCalls: () => countCalls(world),
    leaked: 0,
  }
}

/** Starts both worlds. Verifies that an ordinary query is counted; otherwise the counts prove nothing. */
export async function openGuardWorld(): Promise<GuardWorld> {
  const open = await openTarget({
    WEB_ENABLED: 'true',
    WEB_PORT: '0',
    ALLOWED_ORIGINS: 'http://localhost:3000',
  })
  const closed = await openTarget({ PERSISTED_ONLY: 'true', INTROSPECTION: 'false' })
  await open.send({ body: { query: '{ market { feed } }' } })
  if ((await open.countCalls()) !== 1) throw new Error('Subgraph calls are not counted.')
  let addresses = 0
  return {
    open,
    closed,
    freshAddress: () => {
      addresses += 1
      return `127.0.7.${addresses}`
    },
    stop: async () => {
      await Promise.all([...agents.values()].map((agent) => agent.close()))
      agents.clear()
      await Promise.all([open.world.stop(), closed.world.stop()])
    },
  }
}
