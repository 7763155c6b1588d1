import { setMaxListeners } from 'node:events'
import { request } from 'undici'
import type { Person } from './people.ts'

/** Open streams of users during the load. */
export interface Streams {
  readonly opened: number
  readonly events: number
  readonly problems: readonly string[]
  stop(): Promise<void>
}

interface Wanted {
  readonly field: 'prices' | 'orderEvents' | 'balanceChanged'
  readonly query: string
  /** Owner of the stream; undefined for prices. */
  readonly person?: Person
}

const prices: Wanted = {
  field: 'prices',
  query:
    'subscription { prices(ids: ["BTC", "ETH", "DOGE", "SOL"]) { sequence prices { price } } }',
}

const streamsOf = (person: Person): Wanted[] => [
  prices,
  {
    field: 'orderEvents',
    query: 'subscription { orderEvents { sequence orders { orderId status } } }',
    person,
  },
  {
    field: 'balanceChanged',
    query: 'subscription { balanceChanged { sequence cash { available } } }',
    person,
  },
]

interface Result {
  readonly data?: Readonly<Partial<Record<Wanted['field'], { readonly sequence: number }>>>
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[]
}

/** The results of a stream. Heartbeats and ends have no data. */
async function* readResults(body: AsyncIterable<Buffer>): AsyncGenerator<Result> {
  let rest = ''
  for await (const chunk of body) {
    const parts = (rest + chunk.toString('utf8')).split('\n\n')
    rest = parts.pop() ?? ''
    for (const part of parts) {
      const [, data = ''] = /^data: (.+)$/m.exec(part) ?? []
      if (data !== '' && data !== 'null') yield JSON.parse(data) as Result
    }
  }
}

/** A stream ends with an error. The expiry of its token is not a fault. */
function checkLastResult(errors: Result['errors'] = []): void {
  const codes = errors.map(({ extensions }) => extensions.code)
  if (codes.some((code) => code !== 'UNAUTHENTICATED')) throw new Error(codes.join(', '))
}

/** Opens three streams for each of some users. A stream that ends because its token has expired is opened again. */
export function followAll(origin: string, people: readonly Person[]): Streams {
  const stopping = new AbortController()
  const { signal } = stopping
  // Every stream listens to the signal.
  setMaxListeners(0, signal)
  const problems: string[] = []
  let [opened, events] = [0, 0]

  async function followOnce({ field, query, person }: Wanted): Promise<void> {
    const { statusCode, body } = await request(`${origin}/stream`, {
      method: 'POST',
      signal,
      headers: {
        accept: 'text/event-stream',
        'content-type': 'application/json',
        ...(person && { authorization: `Bearer ${person.token}` }),
      },
      body: JSON.stringify({ query }),
    })
    if (statusCode !== 200) throw new Error(`${statusCode} ${await body.text()}`)
    opened += 1
    let last = 0
    for await (const { data, errors } of readResults(body as AsyncIterable<Buffer>)) {
      checkLastResult(errors)
      const sequence = data?.[field]?.sequence
      if (sequence === undefined) continue
      if (sequence !== last + 1) throw new Error(`event ${sequence} came after event ${last}`)
      last = sequence
      events += 1
    }
  }

  async function follow(wanted: Wanted): Promise<void> {
    try {
      while (!signal.aborted) await followOnce(wanted)
    } catch (error) {
      if (!signal.aborted) problems.push(`stream ${wanted.field}: ${String(error)}`)
    }
  }

  const following = Promise.all(people.flatMap(streamsOf).map(follow))
  return {
    get opened() {
      return opened
    },
    get events() {
      return events
    },
    problems,
    stop: async () => {
      stopping.abort()
      await following
    },
  }
}
