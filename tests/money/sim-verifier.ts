import { withHash } from '@cnop/ledger/chain'
import { type Checkpoint, resumeReplay, toCheckpoint } from '@cnop/ledger/checkpoint'
import { replayEntry } from '@cnop/ledger/replay'
import { usdFromCents } from '@cnop/kit/money'
import {
  type AccountVerdict,
  type Verified,
  type VerifierStore,
  verifyAccount,
} from '@cnop/ledger/verify-account'
import type { Random } from './random.ts'
import { journalOf, simulatedBlock, storedClosings } from './sim-check.ts'
import { idOf, type Rows, type StoreBugs } from './sim-rows.ts'
import { StoreSilent } from './sim-store.ts'

/** Small enough that a simulation writes checkpoints in the middle of a journal. */
const options = { blockSize: simulatedBlock, stride: 3 }

interface Chance {
  readonly turn: () => Promise<void>
  readonly random?: Random
}

const calm: Chance = { turn: () => Promise.resolve() }

/** Incremental verification as one process sees it: rows of different moments, lost calls and lost replies. */
function createVerifierStore(rows: Rows, bugs: StoreBugs, { turn, random }: Chance): VerifierStore {
  const lose = (): void => {
    if (random?.happens(0.04)) throw new StoreSilent()
  }
  return {
    async read(username) {
      await turn()
      const account = rows.accounts.get(username)
      if (random?.happens(0.3)) await turn()
      const checkpoint = rows.checkpoints.get(username)
      return {
        ...(account && { account }),
        ...(checkpoint && { checkpoint: spoil(rows, bugs, username, checkpoint) }),
      }
    },

    async *readBehind(username, sequence) {
      await turn()
      for (const entry of journalOf(rows, username)) {
        if (entry.sequence <= sequence) continue
        if (random?.happens(0.2)) await turn()
        yield entry
      }
      const ids = [...rows.holdings.keys()].filter((id) => id.startsWith(`${username}/`))
      for (const id of ids) {
        const holding = rows.holdings.get(id)
        if (holding) yield holding
      }
    },

    readClosings: (username, expected) => Promise.resolve(storedClosings(rows, username, expected)),

    async save(verified) {
      await turn()
      lose()
      const outcome = saveVerified(rows, bugs, verified)
      lose()
      return outcome
    },
  }
}

const isAt = ({ checkpoints }: Rows, username: string, from: Checkpoint | undefined): boolean =>
  checkpoints.get(username)?.head === from?.head

const isLater = (stored: Checkpoint | undefined, next: Checkpoint): boolean =>
  (stored?.sequence ?? 0n) > next.sequence

function saveVerified(
  rows: Rows,
  bugs: StoreBugs,
  { username, from, to, account }: Verified,
): 'saved' | 'account moved' | 'checkpoint moved' {
  if (!isAt(rows, username, from) && !bugs.overwritesCheckpoint) return 'checkpoint moved'
  const current = account && rows.accounts.get(username)
  const isUnmoved = current?.version === account?.version
  if (!isUnmoved && !bugs.removesMarkOfMoved) return 'account moved'
  if (isLater(rows.checkpoints.get(username), to)) rows.setBack.push(username)
  rows.checkpoints.set(username, to)
  if (current) rows.accounts.set(username, { ...current, unverifiedSince: undefined })
  return 'saved'
}

/** Applies an injected bug to a checkpoint that is read. */
function spoil(rows: Rows, bugs: StoreBugs, username: string, checkpoint: Checkpoint): Checkpoint {
  if (bugs.ignoresHead) {
    const next = rows.entries.get(idOf(username, (checkpoint.sequence + 1n).toString()))
    return { ...checkpoint, head: next?.previousHash ?? checkpoint.head }
  }
  if (!bugs.losesBalance && !bugs.losesHolds) return checkpoint
  const replay = resumeReplay(username, checkpoint)
  if (bugs.losesBalance) replay.available = 0n
  if (bugs.losesHolds) replay.holds.clear()
  return { ...toCheckpoint(replay), head: checkpoint.head }
}

async function verify(
  rows: Rows,
  bugs: StoreBugs,
  username: string,
  chance: Chance,
): Promise<AccountVerdict> {
  const store = createVerifierStore(rows, bugs, chance)
  if (bugs.checkpointsFirst) await checkpointUnseen(store, rows, username)
  return verifyAccount(store, username, options)
}

/** The injected bug: all entries count as verified before the verification. */
async function checkpointUnseen(store: VerifierStore, rows: Rows, username: string): Promise<void> {
  const { checkpoint: from, account } = await store.read(username)
  const replay = resumeReplay(username, from)
  for (const { hash: _hash, ...entry } of journalOf(rows, username)) {
    if (entry.sequence <= replay.sequence) continue
    replayEntry(replay, withHash({ ...entry, previousHash: replay.head }))
  }
  const to = { ...toCheckpoint(replay), head: account?.head ?? '' }
  const seen = { username, from, to, account: undefined }
  await store.save({ ...seen, assetIds: new Set(), haveHoldsChanged: false })
}

const marked = ({ accounts }: Rows): readonly string[] =>
  [...accounts.values()].flatMap(({ username, unverifiedSince }) =>
    unverifiedSince === undefined ? [] : [username],
  )

/** One round of a verifier while money moves; it must find nothing. */
export async function verifyRound(rows: Rows, bugs: StoreBugs, chance: Chance): Promise<string[]> {
  const failures: string[] = []
  for (const username of marked(rows)) {
    try {
      const verdict = await verify(rows, bugs, username, chance)
      if (verdict.kind !== 'wrong') continue
      failures.push(`a round finds ${verdict.discrepancy.kind}: ${verdict.discrepancy.message}`)
    } catch (error) {
      if (!(error instanceof StoreSilent)) throw error
    }
  }
  return failures
}

/** At the end of a simulation: a round finds tampered rows, and verifies the others completely. */
export async function checkVerification(rows: Rows, bugs: StoreBugs): Promise<string[]> {
  const failures = rows.setBack.map((username) => `the checkpoint of ${username} was set back`)
  for (const username of marked(rows))
    failures.push(...(await checkTampering(rows, bugs, username)))
  failures.push(...(await verifyRound(rows, bugs, calm)))
  for (const username of rows.accounts.keys()) {
    const replay = resumeReplay(username, undefined)
    for (const entry of journalOf(rows, username)) replayEntry(replay, entry)
    const [should, is] = [toCheckpoint(replay), rows.checkpoints.get(username)]
    if (should.sequence > 0n && (is?.sequence !== should.sequence || is.state !== should.state)) {
      failures.push(`the checkpoint of ${username} is not at the end of the journal`)
    }
  }
  if (marked(rows).length > 0) failures.push('an account is still marked after a round')
  return failures
}

type Tampering = (rows: Rows, username: string, firstUnverified: bigint) => void

const tamperings: Readonly<Record<string, Tampering>> = {
  'an edited entry': (rows, username, first) => {
    const id = idOf(username, first.toString())
    const entry = rows.entries.get(id)
    if (entry) rows.entries.set(id, { ...entry, createdAt: '2020-01-01T00:00:00.000Z' })
  },
  'a chain from another head': (rows, username, first) => {
    let head = 'another head'
    for (const { hash: _hash, ...entry } of journalOf(rows, username)) {
      if (entry.sequence < first) continue
      const rewritten = withHash({ ...entry, previousHash: head })
      rows.entries.set(idOf(username, entry.sequence.toString()), rewritten)
      head = rewritten.hash
    }
    const account = rows.accounts.get(username)
    if (account) rows.accounts.set(username, { ...account, head })
  },
  'a balance from nowhere': (rows, username) => {
    const account = rows.accounts.get(username)
    const available = usdFromCents((account?.available ?? 0n) + 1n)
    if (account) rows.accounts.set(username, { ...account, available })
  },
}

async function checkTampering(rows: Rows, bugs: StoreBugs, username: string): Promise<string[]> {
  const from = rows.checkpoints.get(username)?.sequence ?? 0n
  if (from === rows.accounts.get(username)?.sequence) return []
  const failures: string[] = []
  for (const [name, tamper] of Object.entries(tamperings)) {
    const copy: Rows = {
      ...rows,
      accounts: new Map(rows.accounts),
      entries: new Map(rows.entries),
      checkpoints: new Map(rows.checkpoints),
    }
    tamper(copy, username, from + 1n)
    const { kind } = await verify(copy, bugs, username, calm)
    if (kind !== 'wrong') failures.push(`a round does not find ${name}`)
  }
  return failures
}
