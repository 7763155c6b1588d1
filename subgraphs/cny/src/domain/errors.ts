import { DomainError } from '@cnop/kit/errors'

export class RedPocketClosed extends DomainError {
  override readonly name = 'RedPocketClosed'
  readonly code = 'RED_POCKET_CLOSED'

  constructor() {
    super('Red pockets are not available at the moment.')
  }
}

export class AccountTooNew extends DomainError {
  override readonly name = 'AccountTooNew'
  readonly code = 'ACCOUNT_TOO_NEW'

  /** @param availableAt when the account is old enough, ISO 8601 */
  constructor(availableAt: string) {
    super('This account is too new for a red pocket.', {
      reason: 'the account is younger than red pockets need',
      availableAt,
    })
  }
}

export class AlreadyClaimedToday extends DomainError {
  override readonly name = 'AlreadyClaimedToday'
  readonly code = 'ALREADY_CLAIMED_TODAY'

  constructor(nextClaimAt: string) {
    super('Today’s red pocket was opened already.', { nextClaimAt })
  }
}
