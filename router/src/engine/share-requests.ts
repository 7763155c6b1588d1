/** Answering identical queries once while the first of them is under way (inbound de-duplication). */
import type { Outcome } from './execute.ts'

export interface RequestSharing {
  /** Joins the outcome under the key, or starts one; without a key nothing is shared. */
  share(key: string | undefined, start: () => Promise<Outcome>): Promise<Outcome>
}

export function createRequestSharing(): RequestSharing {
  const underWay = new Map<string, Promise<Outcome>>()
  return {
    share: (key, start) => {
      if (key === undefined) return start()
      const joined = underWay.get(key)
      if (joined) return joined
      const forget = () => void underWay.delete(key)
      const outcome = start()
      underWay.set(key, outcome)
      outcome.then(forget, forget)
      return outcome
    },
  }
}
