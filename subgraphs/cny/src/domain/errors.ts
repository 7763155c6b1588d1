import { DomainError } from '@cnop/kit/errors'

export class AlreadyClaimedToday extends DomainError {
  override readonly name = 'AlreadyClaimedToday'
  readonly code = 'ALREADY_CLAIMED_TODAY'

  constructor(nextClaimAt: string) {
    super('Today’s red pocket was opened already.', { nextClaimAt })
  }
}
