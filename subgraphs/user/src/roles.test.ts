import { transact } from '@cnop/kit/transact'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { sessionsEnded } from '@cnop/schema/events'
import { grantRole } from './commands/grant-role.ts'
import { signIn } from './commands/sign-in.ts'
import {
  changeRoleWrite,
  CredentialsChanged,
  confirmPasswordWrite,
  readCredentials,
} from './store/users.ts'
import { callSessions } from './testing/session-calls.ts'
import { actorOf, goodPassword, startUserWorld, type UserWorld } from './testing/user-world.ts'

let world: UserWorld
beforeAll(async () => {
  world = await startUserWorld({ maxSessions: 200 })
})
afterAll(() => world.stop())

const { refresh, listIds, listDenied } = callSessions(() => world)

const client = { clientIp: '127.0.0.1', userAgent: 'jest' }

describe('a change of role', () => {
  it.each(['ADMIN', 'CUSTOMER'] as const)('to %s ends every session of the user', async (role) => {
    const username = `becomes_${role.toLowerCase()}`
    await world.signUp(username)
    const before = [await world.signIn(username), await world.signIn(username)]
    const ids = before.map(({ actor }) => actor.sessionId)
    const received: string[] = []
    const unsubscribe = await world.platform.bus.subscribe(sessionsEnded, ({ sessionId }) =>
      received.push(sessionId),
    )
    expect(await grantRole(world.deps, username.toUpperCase(), role)).toBe(2)
    unsubscribe()
    expect(await listDenied()).toEqual(expect.arrayContaining(ids))
    expect(new Set(received)).toEqual(new Set(ids))
    for (const { refreshToken } of before) expect(await refresh(refreshToken)).toBe('SESSION_ENDED')
    const { actor } = await world.signIn(username)
    expect(actor.role).toBe(role === 'ADMIN' ? 'admin' : 'customer')
    expect(await listIds(actor)).toEqual([actor.sessionId])
  })

  it('ends more sessions than one transaction can hold', async () => {
    await world.signUp('many_devices')
    const input = { username: 'many_devices', password: goodPassword }
    const tokens = []
    for (let count = 1; count <= 95; count += 1) {
      tokens.push(await signIn(world.deps, input, client))
    }
    expect(await grantRole(world.deps, 'many_devices', 'ADMIN')).toBe(95)
    const denied = new Set(await listDenied())
    const open = tokens.filter(({ accessToken }) => !denied.has(actorOf(accessToken).sessionId))
    expect(open).toEqual([])
  })

  it('is refused for a name that no user has', async () => {
    await expect(grantRole(world.deps, 'nobody_here', 'ADMIN')).rejects.toMatchObject({
      code: 'USER_NOT_FOUND',
    })
  })

  it('leaves no session to a sign-in that read the old role', async () => {
    await world.signUp('racing_admin')
    const stale = await readCredentials(world.deps.store, 'racing_admin')
    await grantRole(world.deps, 'racing_admin', 'ADMIN')
    const late = transact(world.store.db, [confirmPasswordWrite('users', stale!, undefined)])
    await expect(late).rejects.toBeInstanceOf(CredentialsChanged)
  })

  it('makes a concurrent sign-in retry with the new role', async () => {
    await world.signUp('overtaken')
    const credentials = await readCredentials(world.deps.store, 'overtaken')
    let isOvertaken = false
    const hasher = {
      ...world.deps.hasher,
      verify: async (hash: string | undefined, password: string) => {
        if (!isOvertaken) {
          isOvertaken = true
          const write = changeRoleWrite('users', credentials!, 'ADMIN', world.clock.now())
          await transact(world.store.db, [write])
        }
        return world.deps.hasher.verify(hash, password)
      },
    }
    const input = { username: 'overtaken', password: goodPassword }
    const { accessToken } = await signIn({ ...world.deps, hasher }, input, client)
    expect(actorOf(accessToken).role).toBe('admin')
  })
})
