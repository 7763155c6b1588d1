import { InvariantViolation } from '@cnop/kit/errors'
import { closeLedger, isReadOnly } from '@cnop/ledger/command'
import { verifyLedger as verify } from '@cnop/ledger/verify'
import type { Deps } from '../deps.ts'
import type { LedgerHealth } from '../domain/ledger-health.ts'
import { saveLedgerHealth } from '../store/ledger-health.ts'

/** Recomputes the ledger, stores the public result, and closes the ledger when it does not add up. */
export async function verifyLedger(
  deps: Pick<Deps, 'store' | 'ledger' | 'log'>,
): Promise<LedgerHealth> {
  const found = await verify(deps.ledger)
  await saveLedgerHealth(deps.store, found)
  const { isBalanced, accounts, entries, discrepancy } = found
  deps.log.info(
    { action: 'ledger.verified', extra: { isBalanced, accounts, entries } },
    'The ledger was verified.',
  )
  if (!isBalanced && !isReadOnly(deps.ledger)) {
    const where = discrepancy ? `${discrepancy.username}: ${discrepancy.message}` : 'an asset'
    closeLedger(deps.ledger, new InvariantViolation(`The ledger does not add up: ${where}.`))
  }
  return found
}
