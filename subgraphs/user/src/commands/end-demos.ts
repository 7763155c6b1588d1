import { toIso } from '@cnop/kit/clock'
import { transact, type Write } from '@cnop/kit/transact'
import { endingWrite } from '@cnop/outbox/endings'
import { blankProfile, unusedDemoMs } from '../domain/demo.ts'
import type { Deps } from '../deps.ts'
import { recordDemoEnd } from '../events.ts'
import {
  deleteDemoWrite,
  type Demo,
  DemoGone,
  eraseDemoWrites,
  listDueDemos,
  putDemoWrite,
} from '../store/demos.ts'
import { listSessions } from '../store/sessions.ts'
import { CredentialsChanged, readCredentials } from '../store/users.ts'
import type { EndDeps } from './end-session.ts'
import { endSessions } from './end-sessions.ts'

/** At most so many accounts are looked at in one run; the next run goes on. */
const mostPerRun = 25

type DemoDeps = EndDeps & Pick<Deps, 'outbox'>

/**
 * Ends the demo accounts that nobody has used for a week, and gives how many: their sessions end, and what the visitor
 * entered is erased. The username stays taken and the journal stays, like those of every account; what waits with other services is
 * handed to them in the same transaction.
 */
export async function endUnusedDemos(deps: DemoDeps): Promise<number> {
  const due = await listDueDemos(deps.store, { nowMs: deps.now(), limit: mostPerRun })
  let ended = 0
  for (const demo of due) {
    try {
      if (await endOrDefer(deps, demo)) ended += 1
    } catch (error) {
      // Another process was faster, or the visitor came back: the next run decides again.
      if (!(error instanceof DemoGone || error instanceof CredentialsChanged)) throw error
    }
  }
  return ended
}

/** False when the account was used since it was put on the list. */
async function endOrDefer(deps: DemoDeps, demo: Demo): Promise<boolean> {
  const { store, now } = deps
  const { table } = store
  const { username } = demo
  const sessions = await listSessions(store, username, now())
  const used = Math.max(...sessions.map(({ lastUsedAt }) => Date.parse(lastUsedAt)), 0)
  const dueAt = toIso(Math.max(used + unusedDemoMs, Date.parse(demo.dueAt)))
  if (dueAt > demo.dueAt) {
    await transact(store.db, [
      deleteDemoWrite(table, demo),
      putDemoWrite(table, { username, dueAt }),
    ])
    return false
  }
  const credentials = await readCredentials(store, username)
  const erase: readonly Write[] = credentials
    ? eraseDemoWrites(table, credentials, { blank: blankProfile(username), nowMs: now() })
    : []
  await endSessions(deps, {
    username,
    reason: 'DEMO_ENDED',
    commit: async (denials) => {
      await transact(store.db, [
        deleteDemoWrite(table, demo),
        endingWrite(deps.outbox.table, username, now()),
        ...erase,
        ...denials,
      ])
      return (credentials?.generation ?? 0n) + 1n
    },
  })
  recordDemoEnd(deps, username)
  return true
}
