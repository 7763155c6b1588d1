import { setTimeout as delay } from 'node:timers/promises'
import { demoUsername } from '@cnop/kit/demo'
import { AccountNotFound } from '@cnop/ledger/errors'
import { fillDemoAccount } from '../commands/fill-demo-account.ts'
import type { Deps } from '../deps.ts'
import { NoRoomForHistory } from '../domain/errors.ts'

const pauseMs = 500
/** The user service, which opens the account, and the market may start later; without them for two minutes it is given up. */
const mostTries = 240

/** Fills the demo account that the user service opens, in the background: a start does not wait for it. */
export function startDemoSeed(deps: Deps): { readonly stop: () => Promise<void> } {
  const closing = new AbortController()
  const seeding = seed(deps, closing.signal)
  return {
    stop: async () => {
      closing.abort()
      await seeding
    },
  }
}

async function seed(deps: Deps, signal: AbortSignal): Promise<void> {
  try {
    for (let tries = 1; tries <= mostTries && !signal.aborted; tries += 1) {
      if (deps.quotes.tickedAt() !== undefined && (await tryFill(deps, signal))) return
      await delay(pauseMs, undefined, { signal, ref: false })
    }
  } catch (error) {
    if (signal.aborted) return
    deps.log.warn({ action: 'demo.unfilled', error }, 'The demo account has no history.')
  }
}

/** False while the account does not exist yet. */
async function tryFill(deps: Deps, signal: AbortSignal): Promise<boolean> {
  try {
    await fillDemoAccount(deps, { username: demoUsername }, signal)
    return true
  } catch (error) {
    if (error instanceof AccountNotFound) return false
    // Its users have moved money before its history was whole: it stays as it is.
    if (error instanceof NoRoomForHistory) return true
    throw error
  }
}
