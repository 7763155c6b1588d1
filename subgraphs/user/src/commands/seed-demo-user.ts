import type { Usd } from '@cnop/kit/money'
import { usd } from '@cnop/kit/money'
import { readAccount } from '@cnop/ledger/balances'
import type { Deps } from '../deps.ts'
import { EmailTaken, UsernameTaken } from '../domain/errors.ts'
import { deposit } from './move-cash.ts'
import { signUp } from './sign-up.ts'

export const demoUsername = 'demo_trader'

const openingDeposit = usd('10000.00')

/** Opens the demo account, once, and pays in its first cash as any user would. */
export async function seedDemoUser(deps: Deps, password: string): Promise<void> {
  const form = { email: `${demoUsername}@example.com`, firstName: 'Demo', lastName: 'Trader' }
  try {
    await signUp(deps, { username: demoUsername, password, ...form })
  } catch (error) {
    if (error instanceof EmailTaken) {
      deps.log.warn({ action: 'demo.skipped' }, 'The demo e-mail address belongs to another user.')
      return
    }
    if (!(error instanceof UsernameTaken)) throw error
  }
  const { sequence } = await readAccount(deps.ledger, demoUsername)
  // The key expires after two days; the journal does not.
  if (sequence > 0n) return
  const amount = smaller(openingDeposit, deps.ledger.limits.deposit)
  await deposit(deps, { username: demoUsername }, { key: 'demo-opening-deposit', amount })
}

const smaller = (a: Usd, b: Usd): Usd => (a < b ? a : b)
