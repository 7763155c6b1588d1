import { BadInput, DomainError } from './errors.ts'

const shape = /^[A-Za-z0-9_-]{8,64}$/

/** Checks the key that a client chose for a command. Internal keys of the ledger contain a colon, which clients cannot use. */
export function checkKey(key: string): string {
  if (!shape.test(key)) {
    throw new BadInput('key', 'must be 8 to 64 letters, digits, hyphens or underscores')
  }
  return key
}

/** The key belongs to an earlier command with other input. */
export class IdempotencyKeyReused extends DomainError {
  override readonly name = 'IdempotencyKeyReused'
  readonly code = 'IDEMPOTENCY_KEY_REUSED'

  constructor(key: string) {
    super('The key was used for a different request.', { key })
  }
}
