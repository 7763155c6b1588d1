import { nextUtcDayMs, toIso } from '@cnop/kit/clock'
import { DomainError } from '@cnop/kit/errors'
import { formatQuantity, formatUsd, type Quantity, type Usd } from '@cnop/kit/money'

export class InsufficientFunds extends DomainError {
  override readonly name = 'InsufficientFunds'
  readonly code = 'INSUFFICIENT_FUNDS'

  constructor(needed: Usd, available: Usd) {
    super('The available cash does not cover this.', {
      needed: formatUsd(needed),
      available: formatUsd(available),
    })
  }
}

export class InsufficientHoldings extends DomainError {
  override readonly name = 'InsufficientHoldings'
  readonly code = 'INSUFFICIENT_HOLDINGS'

  constructor(assetId: string, needed: Quantity, available: Quantity) {
    super('The available quantity does not cover this.', {
      assetId,
      needed: formatQuantity(needed),
      available: formatQuantity(available),
    })
  }
}

/** A deposit or withdrawal would move more than is left of the day's allowance. */
export class DailyLimitExceeded extends DomainError {
  override readonly name = 'DailyLimitExceeded'
  readonly code = 'DAILY_LIMIT_EXCEEDED'

  constructor(kind: 'deposit' | 'withdrawal', limit: Usd, left: Usd, nowMs: number) {
    super(`This ${kind} is more than may still be moved today.`, {
      field: 'amount',
      kind,
      limit: formatUsd(limit),
      left: formatUsd(left),
      resetsAt: toIso(nextUtcDayMs(nowMs)),
    })
  }
}

interface OnHold {
  readonly needed: Usd
  readonly withdrawable: Usd
  /** When this withdrawal becomes possible, ISO 8601. */
  readonly availableAt: string
}

/** A withdrawal needs cash of red pockets that may be traded but not withdrawn yet. */
export class RedPocketOnHold extends DomainError {
  override readonly name = 'RedPocketOnHold'
  readonly code = 'RED_POCKET_ON_HOLD'

  constructor({ needed, withdrawable, availableAt }: OnHold) {
    super(
      `Cash from red pockets cannot be withdrawn yet. ${formatUsd(withdrawable)} dollars can be withdrawn now.`,
      {
        field: 'amount',
        reason: 'needs cash of red pockets that cannot be withdrawn yet',
        needed: formatUsd(needed),
        withdrawable: formatUsd(withdrawable),
        availableAt,
      },
    )
  }
}

/** A violated invariant closed the ledger to writes in all processes until an operator reopens it. */
export class LedgerReadOnly extends DomainError {
  override readonly name = 'LedgerReadOnly'
  readonly code = 'LEDGER_READ_ONLY'

  constructor() {
    super('The ledger is read-only until an operator reopens it.')
  }
}

export class AccountNotFound extends DomainError {
  override readonly name = 'AccountNotFound'
  readonly code = 'USER_NOT_FOUND'

  constructor(username: string) {
    super('No user has this name.', { username })
  }
}

/** A movement of the past would be entered behind a later one: only what is dated by a command itself is refused like this. */
export class EntryTooLate extends Error {
  override readonly name = 'EntryTooLate'

  constructor() {
    super('The account has an entry that is later than the moment of this one.')
  }
}

/**
 * An entry releases more than is held. The order was read at another moment than the account, so the command reads
 * and decides again; the error never reaches a caller.
 */
export class HoldMissing extends Error {
  override readonly name = 'HoldMissing'

  constructor(assetId: string) {
    super(`Less ${assetId} is held than the entry takes from the hold.`)
  }
}
