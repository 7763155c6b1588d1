import type { CallRest, RestUser } from '../../world/rest.ts'

/** Who acts in the facts; known once the platform runs. */
export interface People {
  /** Somebody without a token. */
  call: CallRest
  /** Somebody with an empty account. */
  user: RestUser
  /** Somebody with cash. */
  trader: RestUser
}
