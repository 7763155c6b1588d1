import { grantRole } from '@cnop/user/operator'
import { createClient, type Client } from './client.ts'
import type { World } from './world.ts'

export interface Admin extends Client {
  readonly username: string
  readonly token: string
}

const signIn = 'mutation ($i: SignInInput!) { signIn(input: $i) { accessToken } }'

/** Creates a user, makes it an administrator as an operator does, and signs it in. */
export async function createAdmin({
  router,
  stranger,
  trader,
}: Pick<World, 'router' | 'stranger' | 'trader'>): Promise<Admin> {
  const { username, password } = await trader()
  const { platform, log } = router
  if (!platform) throw new Error('This world has its store elsewhere.')
  const { db, bus, now } = platform
  const accessSeconds = { SHORT: 600, LONG: 3_600 }
  await grantRole(
    { store: { db, table: 'users' }, bus, now, log, accessSeconds },
    username,
    'ADMIN',
  )
  const { data, errors } = await stranger.ask<{ signIn: { accessToken: string } }>(signIn, {
    i: { username, password },
  })
  if (!data) throw new Error(`The administrator cannot sign in: ${JSON.stringify(errors)}`)
  const token = data.signIn.accessToken
  return { ...createClient(stranger.origin, token), username, token }
}
