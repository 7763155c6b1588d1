import type { Profile } from './config.ts'
import { Forbidden } from './errors.ts'

/** The account whose password the README names. */
export const demoUsername = 'demo_trader'

/** How long a demo account has existed, by its own account, when it is opened. */
export const demoHistoryMs = 90 * 86_400_000

const guestPattern = /^guest_[0-9a-f]{12}$/

/** The name of an account for one visitor. */
export const guestName = (twelveHexDigits: string): string => `guest_${twelveHexDigits}`

/** Whether an account was opened for one visitor. */
export const isGuestName = (username: string): boolean => guestPattern.test(username)

const isDemoName = (username: string): boolean => username === demoUsername || isGuestName(username)

/** Demo accounts exist in the demo profile only. */
export function requireDemo(profile: Profile): void {
  if (profile !== 'demo')
    throw new Forbidden('Demo accounts are available in the demo profile only.')
}

/** Refuses every account but those that were opened as demo accounts. */
export function requireDemoAccount(profile: Profile, username: string): void {
  requireDemo(profile)
  if (!isDemoName(username)) throw new Forbidden('Only a demo account can be filled.')
}
