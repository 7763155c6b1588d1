import { checkKey } from '@cnop/kit/idempotency-key'
import { createHash } from 'node:crypto'
import { nextUtcDayMs, toIso, utcDay } from '@cnop/kit/clock'
import type { Actor } from '@cnop/kit/identity'
import { formatUsd, parseUsd, type Usd } from '@cnop/kit/money'
import { runCommand } from '@cnop/ledger/command'
import { redPocketEntry } from '@cnop/ledger/entry'
import type { Deps } from '../deps.ts'
import { AccountTooNew, AlreadyClaimedToday, RedPocketClosed } from '../domain/errors.ts'
import { checkPhrase, oldEnoughAtMs, openPocket, type PocketSize } from '../domain/red-pocket.ts'
import type { ClaimRedPocketInput } from '../generated/resolvers.ts'
import { claimKey, claimWrite } from '../store/claims.ts'

/** Logs an opened pocket, without its phrase. */
function announceClaim(
  { log }: Pick<Deps, 'log'>,
  { username, size }: { readonly username: string; readonly size: PocketSize },
): void {
  log.info(
    { action: 'red_pocket.claimed', user: username, extra: { size } },
    'A red pocket was opened.',
  )
}

export interface ClaimResult {
  readonly amount: Usd
  readonly size: PocketSize
  readonly cashAfter: Usd
  /** When the amount can be withdrawn, ISO 8601; undefined when it can be at once. */
  readonly withdrawableAt: string | undefined
  readonly nextClaimAt: string
}

/** The result stored under the key; money as text, because it is stored as JSON. */
interface Remembered {
  readonly amount: string
  readonly size: PocketSize
  readonly cashAfter: string
  readonly nextClaimAt: string
  readonly withdrawableAt?: string
  /** The journal entry of the attempt that succeeded. */
  readonly by: string
}

/** Opens today's pocket: the credit and the claim of the day are one transaction, so that no second one can be paid. */
export async function claimRedPocket(
  deps: Deps,
  { username }: Actor,
  input: ClaimRedPocketInput,
): Promise<ClaimResult> {
  const key = checkKey(input.key)
  const phrase = checkPhrase(input.phrase)
  const { size, amount } = openPocket(deps.phrases, phrase, deps.smallAmount)
  const startedAtMs = deps.now()
  const command = {
    username,
    key,
    name: 'claimRedPocket',
    input: { phrase: hashPhrase(username, key, phrase) },
    // The row of the day in which the command begins; the condition below decides.
    reads: [{ table: deps.store.table, key: claimKey(username, utcDay(startedAtMs)) }],
  }
  let entryId: string | undefined
  const remembered = await runCommand<Remembered>(deps.ledger, command, (state, preview) => {
    const nowMs = deps.now()
    if (!deps.isOffered) throw new RedPocketClosed()
    const oldEnoughAt = oldEnoughAtMs(state.account, deps.minAgeMs)
    if (oldEnoughAt > nowMs) throw new AccountTooNew(toIso(oldEnoughAt))
    const day = utcDay(nowMs)
    const nextClaimAt = toIso(nextUtcDayMs(nowMs))
    const refusal = () => new AlreadyClaimedToday(nextClaimAt)
    if (state.rows[0]?.['sk'] === claimKey(username, day).sk) throw refusal()
    const entry = redPocketEntry(amount)
    const change = preview(entry)
    entryId = change.entry.id
    const claim = { username, day, size, claimedAt: toIso(nowMs) }
    const cashAfter = formatUsd(change.account.available)
    const { redPocketHoldMs } = deps.ledger.limits
    const hold = redPocketHoldMs > 0 && { withdrawableAt: toIso(nowMs + redPocketHoldMs) }
    return {
      entry,
      cause: [claimWrite(deps.store.table, claim, refusal)],
      result: { amount: formatUsd(amount), size, cashAfter, nextClaimAt, ...hold, by: entryId },
    }
  })
  if (remembered.by === entryId) announceClaim(deps, { username, size })
  return {
    size: remembered.size,
    amount: parseUsd(remembered.amount),
    cashAfter: parseUsd(remembered.cashAfter),
    withdrawableAt: remembered.withdrawableAt,
    nextClaimAt: remembered.nextClaimAt,
  }
}

/** Binds the key to the phrase without storing it: salted with user and key, so that equal phrases have different hashes. */
function hashPhrase(username: string, key: string, phrase: string): string {
  return createHash('sha256')
    .update(JSON.stringify([username, key, phrase]))
    .digest('hex')
}
