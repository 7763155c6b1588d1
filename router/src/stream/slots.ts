import { Refusal } from '../errors/refusal.ts'
import type { Exchange } from '../edge/request-context.ts'
import type { StreamConfig } from './stream-config.ts'

type Caller = Pick<Exchange, 'actor' | 'clientIp'>
type Caps = Pick<StreamConfig, 'atOnce' | 'perAddress' | 'perUser'>

/** Takes a place for a stream or refuses; what it gives back returns the place, once. */
export type TakeSlot = (caller: Caller) => () => void

/** When somebody who was refused should come again, in seconds. */
const retryAfterSeconds = 5

/** Bounds the streams of the process, of each address and of each user. */
export function createSlots({ atOnce, perAddress, perUser }: Caps): TakeSlot {
  const taken = new Map<string, number>()
  const all = 'all'
  const count = (key: string, by: 1 | -1): void => {
    const left = (taken.get(key) ?? 0) + by
    if (left > 0) taken.set(key, left)
    else taken.delete(key)
  }
  const isFull = (key: string, most: number): boolean => (taken.get(key) ?? 0) >= most
  return ({ actor, clientIp }) => {
    const address = `ip:${clientIp}`
    const user = actor && `user:${actor.username}`
    if (isFull(all, atOnce)) throw new Refusal('OVERLOADED', undefined, { retryAfterSeconds })
    if (isFull(address, perAddress)) throw tooMany(perAddress, 'address')
    if (user !== undefined && isFull(user, perUser)) throw tooMany(perUser, 'user')
    const keys = [all, address, ...(user === undefined ? [] : [user])]
    for (const key of keys) count(key, 1)
    return () => {
      for (const key of keys.splice(0)) count(key, -1)
    }
  }
}

const tooMany = (limit: number, whose: 'address' | 'user'): Refusal =>
  new Refusal('RATE_LIMITED', `At most ${limit} streams of one ${whose} may be open at once.`, {
    details: { limit: String(limit), counted: `streams of the ${whose}` },
    retryAfterSeconds,
  })
