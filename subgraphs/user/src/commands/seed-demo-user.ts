import { demoUsername } from '@cnop/kit/demo'
import type { Deps } from '../deps.ts'
import { EmailTaken, UsernameTaken } from '../domain/errors.ts'
import { planDemoUser } from '../domain/demo.ts'
import { openAccount } from './sign-up.ts'

/** Opens the demo account, once. The order service gives it a history, and the inventory service a watchlist. */
export async function seedDemoUser(deps: Deps, password: string): Promise<void> {
  try {
    await openAccount(deps, planDemoUser(demoUsername, password, deps.now()))
  } catch (error) {
    if (error instanceof EmailTaken) {
      deps.log.warn({ action: 'demo.skipped' }, 'The demo e-mail address belongs to another user.')
      return
    }
    if (!(error instanceof UsernameTaken)) throw error
  }
}
