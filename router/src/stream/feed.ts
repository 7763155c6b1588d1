import type { DomainError } from '@cnop/kit/errors'
import type { RequestContext } from '../edge/request-context.ts'
import type { Subscription } from './prepare.ts'
import type { EventText } from './write-event.ts'

/** One client's stream, as the feed that fills it sees it. */
export interface Stream {
  readonly context: RequestContext
  readonly subscription: Subscription
  /** Whether the next event can be sent: the response has begun and its reader keeps up. */
  isReady(): boolean
  send(event: EventText): void
  /** Ends the stream with an error. */
  fail(refusal: DomainError): void
}

/** A stream as a member of its feed. */
export interface Follower {
  /** Sends pending data; called when the response begins and whenever its reader has caught up. */
  flush(): void
  leave(): void
}

/** The source of a subscription. */
export interface Feed {
  /** Reads the first snapshot; refuses the stream when that fails. */
  follow(stream: Stream): Promise<Follower>
  /** Messages may have been missed: every stream gets a new snapshot. */
  renew(): void
  close(): void
}
