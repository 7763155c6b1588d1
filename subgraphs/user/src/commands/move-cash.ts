import type { Actor } from '@cnop/kit/identity'
import { runCommand } from '@cnop/ledger/command'
import { depositEntry, withdrawalEntry } from '@cnop/ledger/entry'
import type { Deps } from '../deps.ts'
import type { Activity } from '../domain/activity.ts'
import {
  type Cash,
  type CashReceipt,
  checkCashInput,
  readReceipt,
  toCash,
  writeReceipt,
} from '../domain/cash-movement.ts'
import { recordCash } from '../events.ts'
import type { CashInput } from '../generated/resolvers.ts'

export interface CashMoved {
  readonly entry: Activity
  readonly cash: Cash
}

const makeEntry = { deposit: depositEntry, withdraw: withdrawalEntry } as const

/** Pays cash in or out. The ledger refuses what is over the day's limit or the balance, and answers a repeat. */
async function moveCash(
  deps: Deps,
  kind: 'deposit' | 'withdraw',
  { username }: Pick<Actor, 'username'>,
  input: CashInput,
): Promise<CashMoved> {
  const { key, amount } = input
  checkCashInput(input, deps.maxCashMovement)
  const command = { username, key, name: kind, input: { amount } }
  const receipt = await runCommand<CashReceipt>(deps.ledger, command, () => ({
    entry: makeEntry[kind](amount),
    result: ({ entry, account }) =>
      writeReceipt(entry, toCash(account, deps.ledger.limits.redPocketHoldMs, deps.now())),
  }))
  recordCash(deps, username, kind, { amount, entryId: receipt.id })
  return readReceipt(receipt)
}

export const deposit = (
  deps: Deps,
  actor: Pick<Actor, 'username'>,
  input: CashInput,
): Promise<CashMoved> => moveCash(deps, 'deposit', actor, input)

export const withdraw = (
  deps: Deps,
  actor: Pick<Actor, 'username'>,
  input: CashInput,
): Promise<CashMoved> => moveCash(deps, 'withdraw', actor, input)
