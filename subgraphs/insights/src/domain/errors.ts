import { DomainError } from '@cnop/kit/errors'

export type InsightFailureCode =
  'INSIGHTS_UNAVAILABLE' | 'INSIGHTS_RATE_LIMITED' | 'INSIGHTS_BLOCKED'

/** Why no language model wrote an insight: the degraded reason, or thrown where the rules may not replace it. */
export abstract class InsightFailure extends DomainError {
  abstract override readonly code: InsightFailureCode
  /** Whether the same request may well succeed a moment later. */
  abstract readonly isTransient: boolean
}

export class InsightUnavailable extends InsightFailure {
  override readonly name = 'InsightUnavailable'
  readonly code = 'INSIGHTS_UNAVAILABLE'
  readonly isTransient: boolean

  constructor(message = 'No insight can be made now.', isTransient = false) {
    super(message)
    this.isTransient = isTransient
  }
}

export class InsightRateLimited extends InsightFailure {
  override readonly name = 'InsightRateLimited'
  readonly code = 'INSIGHTS_RATE_LIMITED'
  readonly isTransient = false

  constructor() {
    super('The language model’s limit is reached. Try again later.')
  }
}

export class InsightBlocked extends InsightFailure {
  override readonly name = 'InsightBlocked'
  readonly code = 'INSIGHTS_BLOCKED'
  readonly isTransient = false

  constructor() {
    super('The language model refused to answer.')
  }
}
