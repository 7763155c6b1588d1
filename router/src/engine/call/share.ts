/**
 * Sharing of calls in flight: while a call is under way, an identical one waits for the same answer. An
 * answer that several requests use must be copied before it is written into.
 */
import type { Answer } from './reply.ts'

export interface SharedAnswer {
  readonly answer: Answer
  /** Other requests read the same objects: copy before writing. */
  readonly isShared: boolean
}

interface Flight {
  readonly answer: Promise<Answer>
  users: number
}

export interface InFlight {
  /** Whether an identical call is under way. */
  has(key: string): boolean
  join(key: string, start: () => Promise<Answer>): Promise<SharedAnswer>
}

export function createInFlight(): InFlight {
  const flights = new Map<string, Flight>()

  function depart(key: string, start: () => Promise<Answer>): Flight {
    const land = () => void flights.delete(key)
    const answer = start()
    // Runs before any user's continuation, so nobody joins an answer that is already in use.
    answer.then(land, land)
    const flight = { answer, users: 0 }
    flights.set(key, flight)
    return flight
  }

  return {
    has: (key) => flights.has(key),
    join: async (key, start) => {
      const flight = flights.get(key) ?? depart(key, start)
      flight.users += 1
      const answer = await flight.answer
      return { answer, isShared: flight.users > 1 }
    },
  }
}
