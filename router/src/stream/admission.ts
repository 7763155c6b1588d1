import { noteLimit } from '../audit/note-event.ts'
import { Refusal } from '../errors/refusal.ts'
import type { RequestContext } from '../edge/request-context.ts'
import { openTally } from '../guard/tally.ts'
import type { StreamConfig } from './stream-config.ts'

type Caps = Pick<StreamConfig, 'atOnce' | 'perAddress' | 'perUser'>

/** Admits a stream or refuses it. The returned function ends its admission; further calls do nothing. */
export type Admit = (caller: RequestContext) => () => void

const retryAfterSeconds = 5

/** Limits the open streams of the process, of each address and of each user. */
export function createAdmission({ atOnce, perAddress, perUser }: Caps): Admit {
  const open = openTally()
  const all = 'all'
  const isFull = (key: string, most: number): boolean => open.of(key) >= most
  return (caller) => {
    const { actor, clientIp } = caller
    const address = `ip:${clientIp}`
    const user = actor && `user:${actor.username}`
    if (isFull(all, atOnce)) throw new Refusal('OVERLOADED', undefined, { retryAfterSeconds })
    if (isFull(address, perAddress)) throw tooMany(caller, perAddress, 'address')
    if (user !== undefined && isFull(user, perUser)) throw tooMany(caller, perUser, 'user')
    const keys = [all, address, ...(user === undefined ? [] : [user])]
    for (const key of keys) open.add(key, 1)
    return () => {
      for (const key of keys.splice(0)) open.add(key, -1)
    }
  }
}

function tooMany(caller: RequestContext, limit: number, whose: 'address' | 'user'): Refusal {
  noteLimit(caller, 'streams')
  return new Refusal(
    'RATE_LIMITED',
    `At most ${limit} streams of one ${whose} may be open at once.`,
    {
      details: { limit: String(limit), counted: `streams of the ${whose}` },
      retryAfterSeconds,
    },
  )
}
