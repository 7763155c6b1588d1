import { createMemoryBus, type EventBus } from '@cnop/kit/bus'
import { systemClock, type Clock } from '@cnop/kit/clock'
import type { Db } from '@cnop/kit/dynamo'
import { createLog, type Log } from '@cnop/kit/log'
import { grantRole } from '@cnop/user/operator'
import type { SubgraphName } from '@cnop/schema/read'
import { createClient, type Client } from './client.ts'
import { createTrader, type Trader } from './trader.ts'
import type { World } from './world.ts'

export interface Admin extends Client {
  readonly username: string
  readonly token: string
}

const signIn = 'mutation ($i: SignInInput!) { signIn(input: $i) { accessToken } }'

interface Parts {
  readonly db: Db
  readonly bus: EventBus
  readonly now: Clock
  readonly log: Log
}

/** Makes a user an administrator as an operator does, and returns a new access token. */
async function promote(
  { db, bus, now, log }: Parts,
  client: Client,
  { username, password }: { username: string; password: string },
): Promise<string> {
  const accessSeconds = { SHORT: 600, LONG: 3_600 }
  await grantRole(
    { store: { db, table: 'users' }, bus, now, log, accessSeconds },
    username,
    'ADMIN',
  )
  const { data, errors } = await client.ask<{ signIn: { accessToken: string } }>(signIn, {
    i: { username, password },
  })
  if (!data) throw new Error(`The administrator cannot sign in: ${JSON.stringify(errors)}`)
  return data.signIn.accessToken
}

/** An administrator of a world that runs in this process. */
export async function createAdmin({
  router,
  stranger,
  trader,
}: Pick<World, 'router' | 'stranger' | 'trader'>): Promise<Admin> {
  const user = await trader()
  const { platform, log } = router
  if (!platform) throw new Error('This world has its store elsewhere.')
  const token = await promote({ ...platform, log }, stranger, user)
  return { ...createClient(stranger.origin, token), username: user.username, token }
}

/** An administrator of a platform of processes, of which only the store is reached directly. */
export async function createOperator(client: Client, db: Db): Promise<Trader> {
  const user = await createTrader(client)
  const log = createLog('operator', { level: 'silent', filePath: undefined })
  const token = await promote(
    { db, bus: createMemoryBus(log), now: systemClock, log },
    client,
    user,
  )
  return { ...user, ...createClient(client.origin, token), token }
}

/** Sets the fault of a subgraph in one router, or removes it. */
export async function setFault(
  origin: string,
  { token }: Pick<Admin, 'token'>,
  name: SubgraphName,
  fault?: { kind: 'slow'; delayMs: number },
): Promise<void> {
  const answer = await fetch(`${origin}/system/faults/${name}`, {
    method: fault ? 'PUT' : 'DELETE',
    headers: {
      authorization: `Bearer ${token}`,
      ...(fault && { 'content-type': 'application/json' }),
    },
    ...(fault && { body: JSON.stringify(fault) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`The fault was refused: ${text}`)
}
