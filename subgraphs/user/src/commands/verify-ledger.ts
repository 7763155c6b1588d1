import { InvariantViolation } from '@cnop/kit/errors'
import { closeLedger, isReadOnly } from '@cnop/ledger/command'
import { verifyShard } from '@cnop/ledger/verify-new'
import type { Deps } from '../deps.ts'

/** Verifies what is new in one part of the ledger, and closes the ledger when it does not add up. */
export async function verifyLedger(
  deps: Pick<Deps, 'ledger' | 'log'>,
  shard: number,
  mayGoOn?: () => Promise<boolean>,
): Promise<void> {
  const found = await verifyShard(deps.ledger, shard, mayGoOn)
  if (!found || found.accounts === 0) return
  const [discrepancy] = found.discrepancies
  deps.log.info(
    {
      action: 'ledger.verified',
      extra: { isBalanced: !discrepancy, accounts: found.accounts, shard },
    },
    'What is new in a part of the ledger was verified.',
  )
  if (!discrepancy || isReadOnly(deps.ledger)) return
  const where = `${discrepancy.username}: ${discrepancy.message}`
  closeLedger(deps.ledger, new InvariantViolation(`The ledger does not add up: ${where}.`))
}
