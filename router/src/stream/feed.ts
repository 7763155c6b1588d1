import type { DomainError } from '@cnop/kit/errors'
import type { RequestContext } from '../edge/request-context.ts'
import type { Subscription } from './prepare.ts'
import type { EventText } from './write-event.ts'

/** One client's stream, as the feed that fills it sees it. */
export interface Stream {
  readonly context: RequestContext
  readonly subscription: Subscription
  /** Whether the next event can go: the answer has begun and its reader keeps up. */
  isReady(): boolean
  send(event: EventText): void
  /** Ends it, telling the client why. */
  fail(refusal: DomainError): void
}

/** A stream's place in its feed. */
export interface Follower {
  /** Sends what waits; called when the answer begins and whenever its reader has caught up. */
  wake(): void
  leave(): void
}

/** Something that can be followed. */
export interface Feed {
  /** Reads what the first event says, and refuses when that cannot be had. */
  follow(stream: Stream): Promise<Follower>
  /** Messages may have been missed: every stream gets a new snapshot. */
  renew(): void
  close(): void
}
